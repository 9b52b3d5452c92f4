import { COMMANDS } from './operations/commands.ts';
import { EDITS } from './operations/edits.ts';
import { LIFECYCLE } from './operations/lifecycle.ts';
import type { Step } from './step.ts';

/** Commands and edits of an operator. */
export const OPERATIONS: readonly Step[] = [...COMMANDS, ...EDITS, ...LIFECYCLE];
