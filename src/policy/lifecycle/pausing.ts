import { type Decision, emit } from './actions.ts';
import { enter, ignore } from './decide.ts';
import type { FactOf } from './facts.ts';
import { isSearching, isUp, type Program } from './state.ts';

/** Freezes a starting or running program with its tree. */
function pauseRequested(program: Program): Decision {
  const { state } = program;
  if (!isUp(state) || isSearching(state)) return ignore(program);
  const why = 'paused by the operator';
  const { run } = state;
  return enter(program, { name: 'paused', run }, why, { kind: 'freezeTree', run }, emit('paused', why, run.pid));
}

/** Resumes a paused program. */
function resumeRequested(program: Program): Decision {
  const { state } = program;
  if (state.name !== 'paused') return ignore(program);
  const why = 'resumed by the operator';
  const { run } = state;
  return enter(program, { name: 'running', run }, why, { kind: 'thawTree', run }, emit('resumed', why, run.pid));
}

/** Freezes or resumes a program on request. */
export function pauseChanged(program: Program, { kind }: FactOf<'pauseRequested' | 'resumeRequested'>): Decision {
  return kind === 'pauseRequested' ? pauseRequested(program) : resumeRequested(program);
}
