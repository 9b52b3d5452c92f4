import * as z from 'zod';
import { commandSchema } from './command-spec.ts';

/** When a hook runs, as its documentation. */
export const HOOKS = {
  before: 'before each start; if it fails, the start has failed',
  after: 'after each start, once the process has been started',
  ready: 'the program is running: ready, healthy, or up for `startSeconds`',
  restarted: 'the program was restarted, for whatever reason',
  exited: 'the program exited successfully, or as requested',
  crashed: 'the program exited unexpectedly, or could not be started',
  unhealthy: 'the program fails its health check',
  healthy: 'the program passes its health check again, or for the first time',
  limit: 'the program exceeded a limit: CPU, memory or run time',
  anomaly: 'a detector found an anomaly',
  cooldown: 'the program restarted too often and is in cooldown',
  failed: 'the program used up its restart attempts',
  stopped: 'the program and all of its processes were stopped',
} as const;

export type HookName = keyof typeof HOOKS;

const NAMES = Object.keys(HOOKS) as [HookName, ...HookName[]];

/** Commands that run when something happens to a program. See docs/launching.md. */
export const hooksSchema = z.partialRecord(z.enum(NAMES), commandSchema);
