import { describeExit } from '../exit-facts.ts';
import { type Action, type Decision, emit } from './actions.ts';
import { beginRun } from './begin-run.ts';
import { after, type Circumstances, enter, ignore } from './decide.ts';
import { endRun, failedStart } from './ending.ts';
import type { FactOf } from './facts.ts';
import { isSearching, isUp, type Program, type Run } from './state.ts';

/** Follows the main process of a program that moved itself to the background. */
function mainFound(program: Program, { pid, startTicks, source }: FactOf<'mainFound'>): Decision {
  const { state } = program;
  if (!isSearching(state)) return ignore(program);
  const run: Run = { ...state.run, pid, startTicks, forked: true };
  const why = `moved itself to the background; its main process was found ${source}`;
  const report: Action[] = [emit('forked', why, pid, { run: run.number }), { kind: 'followMain', run }];
  return beginRun(program, { run, why, report });
}

/** Treats a program whose main process was not found as one that could not be started. */
function mainMissing(program: Program, fact: FactOf<'mainMissing'>, circumstances: Circumstances): Decision {
  const { state } = program;
  if (!isSearching(state)) return ignore(program);
  const { run, forked } = state;
  const wasFollowed = run.forked === true;
  if (fact.leftovers) return failedStart(program, run, forked, fact.problem);
  const end = wasFollowed
    ? ({ kind: 'exit', exit: forked } as const)
    : ({ kind: 'spawn-failed', problem: `${describeExit(forked)}, but ${fact.problem}` } as const);
  return after([{ kind: 'closeRun', run }], endRun(program, end, circumstances, run.pid));
}

/** Follows another process as the main process, because the program announced it. */
function mainChanged(program: Program, { pid, startTicks }: FactOf<'mainChanged'>): Decision {
  const { state } = program;
  if (!isUp(state) || isSearching(state)) return ignore(program);
  const run: Run = { ...state.run, pid, startTicks, forked: true };
  const why = `announced pid ${String(pid)} as its main process`;
  const report = emit('forked', why, pid, { run: run.number });
  return enter(program, { ...state, run }, program.why, report, { kind: 'followMain', run });
}

/** Handles the result of the search for a main process. */
export function mainSearched(
  program: Program,
  fact: FactOf<'mainFound' | 'mainMissing' | 'mainChanged'>,
  circumstances: Circumstances,
): Decision {
  if (fact.kind === 'mainChanged') return mainChanged(program, fact);
  return fact.kind === 'mainFound' ? mainFound(program, fact) : mainMissing(program, fact, circumstances);
}
