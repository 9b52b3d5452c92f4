import { type Decision, tell } from './actions.ts';
import { enter, ignore } from './decide.ts';
import { isUp, type Program } from './state.ts';

/** Freezes a program that runs or starts, with its tree. */
export function pauseAsked(program: Program): Decision {
  const { state } = program;
  if (!isUp(state)) return ignore(program);
  const why = 'paused by the operator';
  const { run } = state;
  return enter(program, { name: 'paused', run }, why, { kind: 'freezeTree', run }, tell('paused', why, run.pid));
}

/** Lets a frozen program go on. */
export function resumeAsked(program: Program): Decision {
  const { state } = program;
  if (state.name !== 'paused') return ignore(program);
  const why = 'resumed by the operator';
  const { run } = state;
  return enter(program, { name: 'running', run }, why, { kind: 'thawTree', run }, tell('resumed', why, run.pid));
}
