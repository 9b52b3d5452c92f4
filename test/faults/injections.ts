import { FILE_FAULTS } from './injections/files.ts';
import { PROCESS_FAULTS } from './injections/processes.ts';
import { RESOURCE_FAULTS } from './injections/resources.ts';
import type { Step } from './operations.ts';

/** Faults that may occur at any moment, also while a command is running. */
export const INJECTIONS: readonly Step[] = [...PROCESS_FAULTS, ...FILE_FAULTS, ...RESOURCE_FAULTS];
