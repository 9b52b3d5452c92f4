import { type Decision, emit } from './actions.ts';
import { type Circumstances, enter, ignore } from './decide.ts';
import type { FactOf } from './facts.ts';
import { launch } from './launching.ts';
import type { Program, StartCause } from './state.ts';
import { suppressionOnStart, suppressStart } from './suppressing.ts';

/** Waits for a display. It is a missing precondition, so nothing is counted and no alert is sent. */
export function waitForDisplay(
  program: Program,
  { cause, reason, problem }: { readonly cause: StartCause; readonly reason: string; readonly problem: string },
): Decision {
  const why = `waiting for a display: ${problem}`;
  return enter(program, { name: 'waiting', cause, reason, for: 'display' }, why, emit('waiting', why));
}

/** Waits instead of starting a program that requires a display. */
export function displayMissing(program: Program, { problem }: FactOf<'displayMissing'>): Decision {
  const { state } = program;
  if (state.name !== 'launching') return ignore(program);
  return waitForDisplay(program, { cause: state.cause, reason: program.why, problem });
}

/** Starts a program that waits for a display. */
export function displayAppeared(program: Program, circumstances: Circumstances): Decision {
  const { state } = program;
  if (state.name !== 'waiting' || state.for !== 'display') return ignore(program);
  const suppression = suppressionOnStart(program, state.cause, circumstances);
  if (suppression !== null) return suppressStart(program, suppression);
  return launch(program, state.cause, `${state.reason}, after waiting for a display`, circumstances);
}
