import { CLIENT_FAULTS } from './injections/clients.ts';
import { FILE_FAULTS } from './injections/files.ts';
import { FAULTS_IN_THE_MIDDLE } from './injections/middle.ts';
import { PROCESS_FAULTS } from './injections/processes.ts';
import { RESOURCE_FAULTS } from './injections/resources.ts';
import { STRIKES } from './injections/strikes.ts';
import type { Step } from './step.ts';

/** Faults that may occur at any moment, also while a command is running. */
export const INJECTIONS: readonly Step[] = [
  ...PROCESS_FAULTS,
  ...CLIENT_FAULTS,
  ...FILE_FAULTS,
  ...RESOURCE_FAULTS,
  ...FAULTS_IN_THE_MIDDLE,
  ...STRIKES,
];
