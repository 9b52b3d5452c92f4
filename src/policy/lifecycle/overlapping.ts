import { describeExit, seconds } from '../exit-facts.ts';
import { type Action, type Decision, emit } from './actions.ts';
import { beginRun } from './begin-run.ts';
import { after, enter, ignore } from './decide.ts';
import type { Fact, FactOf } from './facts.ts';
import { type Program, type Run, runOf, type StateOf } from './state.ts';

type Running = StateOf<'running'>;

/** Starts a run beside the current one, which is replaced once the new one is ready. */
export function beginOverlap(program: Program, state: Running): Decision {
  const runNumber = program.runs + 1;
  const next: Running = { name: 'running', run: state.run, overlap: { stage: 'launching' } };
  return enter({ ...program, runs: runNumber }, next, program.why, { kind: 'spawnBeside', runNumber });
}

/** Handles the outcome of the start of a run beside the current one. */
export function besideLaunched(program: Program, fact: FactOf<'spawnedBeside' | 'spawnBesideFailed'>): Decision {
  const { state } = program;
  if (state.name !== 'running' || state.overlap?.stage !== 'launching') return ignore(program);
  if (fact.kind === 'spawnBesideFailed') return failed(program, state, fact.problem, []);
  const { run } = fact;
  const next: Running = { ...state, overlap: { stage: 'starting', run } };
  return enter(program, next, program.why, { kind: 'arm', afterMs: waitMs(program) });
}

/** How long the new run may take to become ready, or how long it has to be up where nothing else says that it is. */
function waitMs({ spec: { ready, startSeconds } }: Program): number {
  if (ready === null || ready.health === true) return startSeconds * 1000;
  return ready.delayMs ?? ready.timeoutMs;
}

/** Returns whether a new run is ready once it has been up for some time. A health check cannot distinguish it from the old one. */
function isReadyByTime({ spec: { ready } }: Program): boolean {
  return ready === null || ready.health === true || ready.delayMs !== undefined;
}

/** Handles a fact about the run beside the current one. */
export function besideObserved(program: Program, fact: Fact): Decision {
  const { state } = program;
  if (state.name !== 'running' || state.overlap === undefined || state.overlap.stage === 'launching')
    return ignore(program);
  const { stage, run } = state.overlap;
  if (fact.kind === 'becameReady' && stage === 'starting') return replace(program, state, run, fact.how);
  if (fact.kind !== 'exited') return ignore(program);
  const closing: Action[] = [
    ...(fact.leftovers && program.spec.leftovers === 'kill' ? [killing(run)] : []),
    { kind: 'closeRun', run },
  ];
  if (stage === 'starting') return failed(program, state, `${describeExit(fact.exit)} before it was ready`, closing);
  return enter(program, { name: 'running', run: state.run }, program.why, ...closing);
}

/** Handles the timer of a program with two runs. */
export function overlapElapsed(program: Program): Decision {
  const { state, spec } = program;
  if (state.name !== 'running' || state.overlap === undefined || state.overlap.stage === 'launching')
    return ignore(program);
  const { stage, run } = state.overlap;
  if (stage === 'retiring') {
    const why = `the replaced run was force killed: still running ${seconds(spec.stop.gracefulTimeoutMs)} after ${spec.stop.signal}`;
    return after([emit('killed', why, run.pid, { signal: 'SIGKILL', beside: true }), killing(run)], ignore(program));
  }
  if (isReadyByTime(program)) return replace(program, state, run, `up for ${seconds(waitMs(program))}`);
  const problem = `it was not ready within ${seconds(waitMs(program))}`;
  return failed(program, state, problem, [killing(run), { kind: 'closeRun', run }]);
}

/** Makes the new run the current one, and stops the old one gracefully. */
function replace(program: Program, state: Running, run: Run, how: string): Decision {
  const { signal, gracefulTimeoutMs, target } = program.spec.stop;
  const old = state.run;
  const why = `reloaded: run ${String(run.number)} replaced run ${String(old.number)} (${how})`;
  const next: Running = { name: 'running', run, overlap: { stage: 'retiring', run: old } };
  return enter(
    { ...program, health: 'unknown', restarts: program.restarts + 1 },
    next,
    why,
    emit('reloaded', `${why}; sent ${signal} to the replaced run`, run.pid, { run: run.number, replaced: old.pid }),
    { kind: 'sendStop', run: old, signal, to: target === 'tree' ? 'group' : target },
    { kind: 'arm', afterMs: gracefulTimeoutMs },
  );
}

/** The old run stays. */
function failed(program: Program, state: Running, problem: string, actions: readonly Action[]): Decision {
  const why = `reload failed: ${problem}; run ${String(state.run.number)} keeps running`;
  const report = emit('reload-failed', why, state.run.pid, { problem });
  return enter(program, { name: 'running', run: state.run }, why, ...actions, report);
}

/** Replaces a current run that exited while the next one was already starting. */
export function promoted(program: Program, state: Running, { exit }: FactOf<'exited'>): Decision | null {
  if (state.overlap?.stage !== 'starting') return null;
  const { run } = state.overlap;
  const why = `${describeExit(exit)} during a reload; run ${String(run.number)} replaces it`;
  const crashed = emit('crashed', why, state.run.pid, {
    code: exit.code,
    signal: exit.signal,
    uptimeMs: exit.uptimeMs,
  });
  const report = emit('restarted', why, run.pid, { run: run.number, cause: 'crash' });
  const counted = { ...program, restarts: program.restarts + 1, lastExit: { exit, reason: why } };
  return beginRun(counted, { run, why, report: [crashed, { kind: 'closeRun', run: state.run }, report] });
}

/** Only the process group: the cgroup of the program also contains the other run. What escaped is ended as that of an earlier run. */
function killing(run: Run): Action {
  return { kind: 'sendStop', run, signal: 'SIGKILL', to: 'group' };
}

/** Returns the run beside the current one. */
export function besideOf({ state }: Program): Run | null {
  if (state.name !== 'running' || state.overlap === undefined || state.overlap.stage === 'launching') return null;
  return state.overlap.run;
}

/** Ends a run that a decision dropped, for example because the program is stopped during a reload. */
export function withoutLostRun(before: Program, decision: Decision): Decision {
  const beside = besideOf(before);
  if (beside === null) return decision;
  const kept = [runOf(decision.program.state)?.number, besideOf(decision.program)?.number];
  const isClosed = decision.actions.some((action) => action.kind === 'closeRun' && action.run.number === beside.number);
  if (kept.includes(beside.number) || isClosed) return decision;
  return after([killing(beside), { kind: 'closeRun', run: beside }], decision);
}
