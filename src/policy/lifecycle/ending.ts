import { describeExit, type ExitFacts } from '../exit-facts.ts';
import { lackingFleet } from '../fleet-loss.ts';
import { later } from '../moment.ts';
import { decideRestart, describeEnd, type RunEnd } from '../restart.ts';
import { type Action, type Decision, emit } from './actions.ts';
import { after, type Circumstances, enter, ignore } from './decide.ts';
import { displayEvent, exitData, exitEvent } from './exit-events.ts';
import type { FactOf } from './facts.ts';
import { backgroundNote, hasForked, searchMain } from './forking.ts';
import { launch, waitForResource } from './launching.ts';
import { promoted } from './overlapping.ts';
import { waitForDisplay } from './missing-display.ts';
import { isSearching, type Leftover, phased, type Program, type Run, type StateOf, type StopGoal } from './state.ts';
import { takeStep } from './stop-progress.ts';
import { suppressionNow, suppressRestart } from './suppressing.ts';

/** Handles the exit of the main process. Leftover processes may have to be terminated before anything else. */
export function exited(program: Program, fact: FactOf<'exited'>, circumstances: Circumstances): Decision {
  const { phase, state } = phased(program.state);
  const { exit } = fact;
  const mustCleanUp = fact.leftovers && program.spec.leftovers === 'kill';
  switch (phase) {
    case 'up':
      if (isSearching(state)) return ignore(program);
      if (hasForked(program, state, fact)) return searchMain(program, state, exit);
      return (
        (state.name === 'running' ? promoted(program, state, fact) : null) ??
        endedByItself(program, state.run, fact, circumstances)
      );
    case 'paused':
      return endedByItself(program, state.run, fact, circumstances);
    case 'stopping':
      if (state.exit !== null) return ignore(program);
      return endedWhileStopping(program, state, { ...fact, mustCleanUp }, circumstances);
    case 'disabled':
    case 'launching':
    case 'pending':
    case 'idle':
      return ignore(program);
  }
}

function endedByItself(program: Program, run: Run, fact: FactOf<'exited'>, circumstances: Circumstances): Decision {
  const { exit, display } = fact;
  const note = backgroundNote(program, fact);
  if (fact.leftovers && program.spec.leftovers === 'kill') {
    const story = note === null ? describeExit(exit) : `${describeExit(exit)}; ${note}`;
    const why = `${story}; terminating leftover processes${listed(fact.left)}`;
    const report =
      display === undefined ? exitEvent(program, exit, why, run.pid) : displayEvent(exit, why, run.pid, display);
    return cleanUp(program, run, fact, { why, report, goal: clearUpGoal(display, note) });
  }
  const closing = closeRun(run);
  if (display !== undefined) return after([closing], endWithoutDisplay(program, display, exit, run.pid));
  const decision = endRun(program, { kind: 'exit', exit }, circumstances, run.pid);
  return after([closing], note === null ? decision : withNote(decision, note));
}

function clearUpGoal(display: string | undefined, note: string | null): StopGoal {
  return {
    kind: 'clear-up',
    ...(display === undefined ? {} : { display }),
    ...(note === null ? {} : { note }),
  };
}

/** Adds a note to the reason of the next state, unless that is a start. */
function withNote({ program, actions }: Decision, note: string): Decision {
  if (program.state.name === 'launching') return { program, actions };
  return { program: { ...program, why: `${program.why}; ${note}` }, actions };
}

/** Terminates the processes of a program that could not be started as its definition says. */
export function failedStart(program: Program, run: Run, exit: ExitFacts, problem: string): Decision {
  const why = `${problem}; terminating its processes`;
  return cleanUp(program, run, { exit }, { why, report: null, goal: { kind: 'clear-up', problem } });
}

/** How a run ended, and some of the processes that it left. */
type Ended = Pick<FactOf<'exited'>, 'exit' | 'left'>;

interface CleanUp {
  readonly why: string;
  readonly report: Action | null;
  readonly goal: StopGoal;
}

/** Terminates the processes that the program left behind, so that they do not interfere with the next start. */
function cleanUp(program: Program, run: Run, { exit, left }: Ended, { why, report, goal }: CleanUp): Decision {
  return enter(
    withLastExit(program, exit, describeExit(exit)),
    {
      name: 'stopping',
      run,
      goal,
      stage: 'graceful',
      exit,
      ...(left === undefined ? {} : { left }),
      sent: { signal: CLEAN_UP_SIGNAL, timeoutMs: program.spec.healTimeoutMs },
    },
    why,
    ...(report === null ? [] : [report]),
    { kind: 'sendStop', run, signal: CLEAN_UP_SIGNAL, to: 'tree' },
    { kind: 'watchLeftovers', run },
    { kind: 'arm', afterMs: program.spec.healTimeoutMs },
  );
}

const CLEAN_UP_SIGNAL = 'SIGTERM';

function endedWhileStopping(
  program: Program,
  state: StateOf<'stopping'>,
  { exit, left, mustCleanUp }: FactOf<'exited'> & { readonly mustCleanUp: boolean },
  circumstances: Circumstances,
): Decision {
  const reason = `${describeExit(exit)}; ${program.why}`;
  const report = emit('exited', reason, state.run.pid, exitData(exit));
  const ended = withLastExit(program, exit, reason);
  const next = { ...state, exit, ...(left === undefined ? {} : { left }) };
  if (!mustCleanUp) return after([report], finishStop({ ...ended, state: next }, next, exit, circumstances));
  const watch: Action = { kind: 'watchLeftovers', run: state.run };
  if (state.stage === 'graceful' && state.commandMs !== undefined) {
    // Nothing was signaled yet, so the remaining processes get the signals that follow the stop command.
    const words = { why: program.why, report: 'leftover processes remain' };
    const decision = takeStep({ ...ended, state: next }, next, state.next ?? [], words);
    return { ...decision, actions: [report, ...decision.actions, watch] };
  }
  return { program: { ...ended, state: next }, actions: [report, ...stopRest(program, state), watch] };
}

/** Returns the action that signals the processes that were spared while the main process was alive. */
function stopRest({ spec: { stop } }: Program, { run, stage, sent }: StateOf<'stopping'>): readonly Action[] {
  // Many programs treat a second stop signal as a request to exit at once, so none is signaled twice.
  if (stage !== 'graceful' || stop.target === 'tree') return [];
  const to = stop.target === 'group' ? 'outside-group' : 'tree';
  return [{ kind: 'sendStop', run, signal: sent?.signal ?? stop.signal, to }];
}

/** Completes a stop once no process of the tree is left. */
export function treeEnded(program: Program, circumstances: Circumstances): Decision {
  const { state } = program;
  if (state.name !== 'stopping' || state.exit === null) return ignore(program);
  const { left } = state;
  const report = emit(
    'leftovers-ended',
    `all leftover processes have exited${listed(left)}`,
    state.run.pid,
    left === undefined ? {} : { processes: left },
  );
  return after([report], finishStop(program, state, state.exit, circumstances));
}

/** Returns ": 4711 (sleep 1000), 4712 (node worker.js)"; an empty text if they are unknown. */
function listed(left: readonly Leftover[] | undefined): string {
  if (left === undefined || left.length === 0) return '';
  return `: ${left.map(({ pid, command }) => `${String(pid)} (${command})`).join(', ')}`;
}

/** Continues with the goal of the stop after the program and its tree have exited. */
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
      return enter(program, { name: 'disabled' }, program.why, closing, emit('disabled', program.why));
    case 'remove':
      return enter(program, { name: 'stopped' }, program.why, closing, emit('removed', program.why), {
        kind: 'forget',
      });
    case 'restart':
      return after([closing], launch(program, goal.cause, program.why, circumstances));
    case 'heal':
      return after(
        [closing],
        follow(program, { kind: 'healed', exit, fault: goal.fault, cause: goal.cause }, circumstances),
      );
    case 'await-fleet': {
      const lacking = lackingFleet(goal);
      return after([closing], waitForResource(program, { ...AFTER_LOSS, lacking }, circumstances));
    }
    case 'fail': {
      const why = `stopped: ${goal.fault}`;
      return enter(program, { name: 'failed' }, why, closing, emit('failed', why));
    }
    case 'clear-up':
      return after([closing], afterCleanUp(program, goal, exit, circumstances));
  }
}

function afterCleanUp(
  program: Program,
  { display, problem, note }: Extract<StopGoal, { kind: 'clear-up' }>,
  exit: ExitFacts,
  circumstances: Circumstances,
): Decision {
  if (display !== undefined) return waitForDisplay(program, { ...AFTER_LOSS, problem: display });
  if (problem !== undefined) return endRun(program, { kind: 'spawn-failed', problem }, circumstances);
  const decision = follow(program, { kind: 'exit', exit }, circumstances);
  return note === undefined ? decision : withNote(decision, note);
}

/** The next start is a new beginning: what ended the run was no fault of the program. */
const AFTER_LOSS = { cause: 'start', reason: 'started again' } as const;

/** Reports the end of a run whose display is missing. This is not a crash, and the program waits for a display. */
function endWithoutDisplay(program: Program, problem: string, exit: ExitFacts, pid: number): Decision {
  const why = `${describeExit(exit)}; no display: ${problem}`;
  const report = displayEvent(exit, why, pid, problem);
  return after([report], waitForDisplay(withLastExit(program, exit, why), { ...AFTER_LOSS, problem }));
}

/** Reports the end of a run that was not requested, then applies the restart policy. */
export function endRun(
  program: Program,
  end: RunEnd,
  circumstances: Circumstances,
  pid: number | null = null,
): Decision {
  if (end.kind === 'spawn-failed') {
    return follow(program, end, circumstances, (why) => emit('spawn-failed', why, null, { problem: end.problem }));
  }
  const ended = withLastExit(program, end.exit, describeExit(end.exit));
  return follow(ended, end, circumstances, (why) => exitEvent(program, end.exit, why, pid));
}

/**
 * Applies the restart policy. `first` returns the event for the end of the run. Its reason says what happened; the event
 * that follows says what is done about it. Only if nothing follows, the verdict is part of the reason.
 */
function follow(
  program: Program,
  end: RunEnd,
  circumstances: Circumstances,
  first?: (why: string) => Action,
): Decision {
  const { now, chance } = circumstances;
  const verdict = decideRestart(program.spec.restart, program.counters, end, { now, chance });
  const cause = end.kind === 'healed' ? end.cause : 'crash';
  const suppression = suppressionNow(program, circumstances);
  if (verdict.next === 'restart' && suppression !== null) {
    const suppressed = suppressRestart(program, verdict, { suppression, cause }, circumstances);
    return after(first === undefined ? [] : [first(verdict.why)], suppressed);
  }
  const { why } = verdict;
  const report = first === undefined ? [] : [first(verdict.next === 'stay-exited' ? why : describeEnd(end))];
  switch (verdict.next) {
    case 'stay-exited':
      return enter(program, { name: 'exited' }, why, ...report);
    case 'give-up':
      return enter(program, { name: 'failed' }, why, ...report, emit('failed', why));
    case 'cooldown': {
      const { durationMs } = program.spec.restart.cooldown;
      const until = later(now, durationMs);
      const started = emit('cooldown-started', why, null, { until: new Date(until.wall).toISOString() });
      const cooling = { ...program, counters: verdict.counters };
      return enter(cooling, { name: 'cooldown', until }, why, ...report, started, { kind: 'arm', afterMs: durationMs });
    }
    case 'restart': {
      const counted = { ...program, counters: verdict.counters };
      if (verdict.delayMs === 0) return after(report, launch(counted, cause, verdict.restartWhy, circumstances));
      const until = later(now, verdict.delayMs);
      const scheduled = emit('restart-scheduled', `${why}; ${verdict.plan}`, null, { delayMs: verdict.delayMs });
      return enter(
        counted,
        { name: 'backoff', until, delayMs: verdict.delayMs, cause, restartWhy: verdict.restartWhy },
        why,
        ...report,
        scheduled,
        {
          kind: 'arm',
          afterMs: verdict.delayMs,
        },
      );
    }
  }
}

function closeRun(run: Run): Action {
  return { kind: 'closeRun', run };
}

function withLastExit(program: Program, exit: ExitFacts, reason: string): Program {
  return { ...program, lastExit: { exit, reason } };
}
