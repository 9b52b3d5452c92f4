import { describeExit, type ExitFacts, isSuccess, seconds } from '../exit-facts.ts';
import { later } from '../moment.ts';
import { decideRestart, type RunEnd } from '../restart.ts';
import { type Action, type Decision, tell } from './actions.ts';
import { after, type Circumstances, enter, ignore } from './decide.ts';
import type { FactOf } from './facts.ts';
import { launch } from './launching.ts';
import { phased, type Program, type Run, type StateOf } from './state.ts';
import { restraintNow, withholdRestart } from './withholding.ts';

/**
 * The main process has ended: by itself, as it was asked to, or killed. What it left behind may have to be ended
 * first.
 */
export function exited(program: Program, fact: FactOf<'exited'>, circumstances: Circumstances): Decision {
  const { phase, state } = phased(program.state);
  const { exit } = fact;
  const mustClearUp = fact.leftovers && program.spec.leftovers === 'kill';
  switch (phase) {
    case 'up':
    case 'paused':
      return mustClearUp
        ? clearUp(program, state.run, exit)
        : after([closeRun(state.run)], endRun(program, { kind: 'exit', exit }, circumstances, state.run.pid));
    case 'stopping':
      if (state.exit !== null) return ignore(program);
      return endedWhileStopping(program, state, exit, mustClearUp, circumstances);
    case 'disabled':
    case 'launching':
    case 'pending':
    case 'idle':
      return ignore(program);
  }
}

/** The program ended by itself but left processes behind: they go first, or the next start would find them. */
function clearUp(program: Program, run: Run, exit: ExitFacts): Decision {
  const why = `${describeExit(exit)}; ending the processes it left behind`;
  return enter(
    withLastExit(program, exit, describeExit(exit)),
    { name: 'stopping', run, goal: { kind: 'clear-up' }, stage: 'graceful', exit },
    why,
    toldExit(program, exit, why, run.pid),
    { kind: 'signalTree', run, signal: 'SIGTERM', thaw: true },
    { kind: 'watchLeftovers', run },
    { kind: 'arm', afterMs: program.spec.healTimeoutMs },
  );
}

function endedWhileStopping(
  program: Program,
  state: StateOf<'stopping'>,
  exit: ExitFacts,
  mustClearUp: boolean,
  circumstances: Circumstances,
): Decision {
  const reason = `${describeExit(exit)}; ${program.why}`;
  const told = tell('exited', reason, state.run.pid, exitData(exit));
  const ended = withLastExit(program, exit, reason);
  const next = { ...state, exit };
  if (!mustClearUp) return after([told], finishStop({ ...ended, state: next }, next, exit, circumstances));
  const watch: Action = { kind: 'watchLeftovers', run: state.run };
  return { program: { ...ended, state: next }, actions: [told, watch] };
}

/** Nothing of a tree is left: the stop that waited for it is complete. */
export function treeEnded(program: Program, circumstances: Circumstances): Decision {
  const { state } = program;
  if (state.name !== 'stopping' || state.exit === null) return ignore(program);
  const told = tell('leftovers-ended', 'every process it had left behind has ended', state.run.pid);
  return after([told], finishStop(program, state, state.exit, circumstances));
}

/** The program and its tree are gone: on to what the stop was for. */
function finishStop(
  program: Program,
  state: StateOf<'stopping'>,
  exit: ExitFacts,
  circumstances: Circumstances,
): Decision {
  const { goal, run } = state;
  const closing = closeRun(run);
  switch (goal.kind) {
    case 'stop':
      return enter(program, { name: 'stopped' }, program.why, closing);
    case 'disable':
      return enter(program, { name: 'disabled' }, program.why, closing, tell('disabled', program.why));
    case 'remove':
      return enter(program, { name: 'stopped' }, program.why, closing, tell('removed', program.why), {
        kind: 'forget',
      });
    case 'restart':
      return after([closing], launch(program, goal.cause, program.why, circumstances));
    case 'heal':
      return after(
        [closing],
        follow(program, { kind: 'healed', exit, fault: goal.fault, cause: goal.cause }, circumstances),
      );
    case 'fail': {
      const why = `ended because ${goal.fault}`;
      return enter(program, { name: 'failed' }, why, closing, tell('failed', why));
    }
    case 'clear-up':
      return after([closing], follow(program, { kind: 'exit', exit }, circumstances));
  }
}

/** A run that nobody asked to end is over, tree and all: tell it, then follow the restart policy. */
export function endRun(
  program: Program,
  end: RunEnd,
  circumstances: Circumstances,
  pid: number | null = null,
): Decision {
  if (end.kind === 'spawn-failed') {
    return follow(program, end, circumstances, (why) => tell('spawn-failed', why, null, { problem: end.problem }));
  }
  const ended = withLastExit(program, end.exit, describeExit(end.exit));
  return follow(ended, end, circumstances, (why) => toldExit(program, end.exit, why, pid));
}

/** Does what the restart policy says. `first` tells the end itself, in the words of the verdict. */
function follow(
  program: Program,
  end: RunEnd,
  circumstances: Circumstances,
  first?: (why: string) => Action,
): Decision {
  const { now, chance } = circumstances;
  const verdict = decideRestart(program.spec.restart, program.counters, end, now, chance);
  const cause = end.kind === 'healed' ? end.cause : 'crash';
  const restraint = restraintNow(program, circumstances);
  if (verdict.next === 'restart' && restraint !== null) {
    const withheld = withholdRestart(program, verdict, restraint, cause, circumstances);
    return after(first === undefined ? [] : [first(withheld.program.why)], withheld);
  }
  const { why } = verdict;
  const told = first === undefined ? [] : [first(why)];
  switch (verdict.next) {
    case 'rest-well':
      return enter(program, { name: 'exited' }, why, ...told);
    case 'give-up':
      return enter(program, { name: 'failed' }, why, ...told, tell('failed', why));
    case 'cooldown': {
      const { durationMs } = program.spec.restart.cooldown;
      const until = later(now, durationMs);
      const started = tell('cooldown-started', why, null, { until: new Date(until.wall).toISOString() });
      const rested = { ...program, counters: verdict.counters };
      return enter(rested, { name: 'cooldown', until }, why, ...told, started, { kind: 'arm', afterMs: durationMs });
    }
    case 'restart': {
      const counted = { ...program, counters: verdict.counters };
      if (verdict.delayMs === 0) return after(told, launch(counted, cause, why, circumstances));
      const until = later(now, verdict.delayMs);
      const scheduled = tell('restart-scheduled', why, null, { delayMs: verdict.delayMs });
      return enter(counted, { name: 'backoff', until, cause }, why, ...told, scheduled, {
        kind: 'arm',
        afterMs: verdict.delayMs,
      });
    }
  }
}

/** What there is to say of a process that even SIGKILL did not end. */
export function describeForced(program: Program): string {
  return `still alive ${seconds(program.spec.stop.forceTimeoutMs)} after SIGKILL (a process in uninterruptible sleep?)`;
}

function closeRun(run: Run): Action {
  return { kind: 'closeRun', run };
}

function toldExit(program: Program, exit: ExitFacts, why: string, pid: number | null): Action {
  const kind = isSuccess(exit, program.spec.restart.successExitCodes) ? 'exited' : 'crashed';
  return tell(kind, why, pid, exitData(exit));
}

function exitData(exit: ExitFacts): Readonly<Record<string, unknown>> {
  return { code: exit.code, signal: exit.signal, coreDumped: exit.coreDumped, uptimeMs: exit.uptimeMs };
}

function withLastExit(program: Program, exit: ExitFacts, reason: string): Program {
  return { ...program, lastExit: { exit, reason } };
}
