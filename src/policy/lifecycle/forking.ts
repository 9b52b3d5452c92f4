import { type ExitFacts, isSuccess } from '../exit-facts.ts';
import type { Decision } from './actions.ts';
import { enter } from './decide.ts';
import type { FactOf } from './facts.ts';
import type { Program, UpState } from './state.ts';

/**
 * Returns whether a program with `type: forking` has moved itself to the background: the process that was started, or the
 * main process so far, exited without a failure. A main process may also hand over to another one.
 */
export function hasForked({ spec }: Program, { run }: UpState, { exit, leftovers }: FactOf<'exited'>): boolean {
  if (spec.type !== 'forking' || (run.forked === true && !leftovers)) return false;
  const isUnknown = exit.code === null && exit.signal === null;
  return isSuccess(exit, spec.restart.successExitCodes) || (isUnknown && leftovers);
}

/** Searches for the main process of a program that moved itself to the background. */
export function searchMain(program: Program, { run }: UpState, exit: ExitFacts): Decision {
  const why = 'moved itself to the background; looking for its main process';
  return enter(program, { name: 'starting', run, forked: exit }, why, { kind: 'findMain', run });
}

/** How to keep a program under control that went to the background although it is not expected to. */
const ADVICE = 'run it in the foreground (for example nginx -g "daemon off;") or set type: forking';

/** A program that exits later than this left the process behind for another reason. */
const LAUNCHER_MS = 10_000;

/** Returns whether a program may have gone to the background although it is not expected to: it exited at once and successfully. */
export function mayGoToBackground({ spec }: Program, { code, uptimeMs }: ExitFacts): boolean {
  return spec.type === 'simple' && code === 0 && uptimeMs <= LAUNCHER_MS;
}

/** Returns a note about a program that exited at once and left a process in the background; null if it did not. */
export function backgroundNote(program: Program, { exit, left = [] }: FactOf<'exited'>): string | null {
  const [first] = left;
  if (first === undefined || !mayGoToBackground(program, exit)) return null;
  return `it moved itself to the background ("${first.command}", pid ${String(first.pid)}): ${ADVICE}`;
}
