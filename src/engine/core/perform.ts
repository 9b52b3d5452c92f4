import { isSameProcess } from '../../base/process-identity.ts';
import type { Action } from '../../policy/lifecycle/actions.ts';
import type { Fact } from '../../policy/lifecycle/facts.ts';
import { runOf } from '../../policy/lifecycle/state.ts';
import { describeSeveral, mayAdoptDuplicate } from '../../policy/lifecycle/adopt-duplicate.ts';
import { HealerError, toHealerError } from '../../protocol/errors.ts';
import type { Clock } from './clock.ts';
import type { ManagedProgram } from './managed-program.ts';
import type { Ports } from './ports.ts';
import { ResourceShortage } from './resource-shortage.ts';

/** The parts of the engine itself that actions use. */
export interface Stage {
  readonly clock: Clock;
  readonly ports: Ports;
  readonly watchLeftovers: (entry: ManagedProgram) => void;
  readonly findMain: (entry: ManagedProgram) => void;
  readonly forget: (entry: ManagedProgram) => void;
  readonly post: (id: string, fact: Fact) => void;
}

/** An action that starts a process, whose intent has to be on disk before. */
export type Launch = Extract<Action, { kind: 'spawn' | 'spawnBeside' }>;

export function isLaunch(action: Action): action is Launch {
  return action.kind === 'spawn' || action.kind === 'spawnBeside';
}

/**
 * Starts a process and returns the resulting fact.
 * @param isLater whether others were started since the decision, which may have used up what the program needs
 */
export function launch(action: Launch, entry: ManagedProgram, stage: Stage, isLater = false): Fact {
  if (action.kind === 'spawnBeside') return spawnBeside(action.runNumber, entry, stage);
  const { state } = entry.program;
  const isWaiting = state.name === 'launching' && state.waited !== undefined;
  const shortage = isLater ? (stage.ports.shortage?.(isWaiting) ?? null) : null;
  return shortage === null
    ? spawn(action.runNumber, entry, stage)
    : { kind: 'spawnFailed', problem: shortage.why, shortage };
}

/** Performs one action that starts no process, and returns the resulting fact, or null if there is none yet. */
export function perform(action: Exclude<Action, Launch>, entry: ManagedProgram, stage: Stage): Fact | null {
  const { ports } = stage;
  const { id } = entry;
  switch (action.kind) {
    case 'startOthers':
      for (const other of action.ids) stage.post(other, { kind: 'neededByDependent', by: id });
      return null;
    case 'sendStop':
    case 'signalMain':
    case 'killTree':
    case 'freezeTree':
    case 'thawTree':
      if (action.kind === 'killTree') entry.wasForced = true;
      signal(action, entry, stage);
      return null;
    case 'watchLeftovers':
      stage.watchLeftovers(entry);
      return null;
    case 'findMain':
      stage.findMain(entry);
      return null;
    case 'runBefore':
      ports.runBefore?.(entry.program.spec);
      return null;
    case 'runStopCommand':
      ports.runStopCommand?.({ id, run: action.run }, entry.program.spec, action.timeoutMs);
      return null;
    case 'followMain':
      ports.followMain({ id, run: action.run }, entry.program.spec);
      return null;
    case 'closeRun':
      ports.closeRun({ id, run: action.run });
      return null;
    case 'arm':
    case 'armSooner':
    case 'armLater':
      arm(action, entry, stage);
      return null;
    case 'emit': {
      const { event, pid, reason, data } = action;
      ports.recorder.record({ kind: event, process: id, pid, reason, data });
      return null;
    }
    case 'forget':
      stage.forget(entry);
      return null;
  }
}

function arm(
  { kind, afterMs }: Extract<Action, { kind: 'arm' | 'armSooner' | 'armLater' }>,
  entry: ManagedProgram,
  stage: Stage,
): void {
  const at = stage.clock.now().mono + afterMs;
  if (kind === 'armSooner' && entry.cancelTimer !== null && entry.timerAt <= at) return;
  if (kind === 'armLater' && entry.cancelTimer !== null && entry.timerAt >= at) return;
  entry.cancelTimer?.();
  entry.timerAt = at;
  entry.cancelTimer = stage.clock.after(afterMs, () => {
    entry.cancelTimer = null;
    stage.post(entry.id, { kind: 'timeElapsed' });
  });
}

type SignalAction = Extract<Action, { kind: 'sendStop' | 'signalMain' | 'killTree' | 'freezeTree' | 'thawTree' }>;

/** How soon processes are signaled again if they could not be listed, because no descriptor was free. */
const RETRY_MS = 200;

/** Signals processes of a run. If they cannot be listed now, tries again as long as the run lasts. */
function signal(action: SignalAction, entry: ManagedProgram, stage: Stage): void {
  try {
    signalNow(action, entry.id, stage.ports);
  } catch {
    stage.clock.after(RETRY_MS, () => {
      const run = runOf(entry.program.state);
      if (run?.number === action.run.number && isSameProcess(run, action.run)) signal(action, entry, stage);
    });
  }
}

function signalNow(action: SignalAction, id: string, ports: Ports): void {
  const target = { id, run: action.run };
  switch (action.kind) {
    case 'sendStop':
      ports.sendStop(target, action.signal as NodeJS.Signals, action.to);
      ports.resumeTree(target);
      return;
    case 'signalMain':
      ports.signalMain(target, action.signal as NodeJS.Signals);
      return;
    case 'killTree':
      ports.killTree(target);
      return;
    case 'freezeTree':
      ports.freezeTree(target);
      return;
    case 'thawTree':
      ports.resumeTree(target);
      return;
  }
}

/** Returns which display the program waits for, or null if the start failed for another reason. */
function missingDisplayOf({ data }: HealerError): string | null {
  const { missingDisplay } = data;
  return typeof missingDisplay === 'string' ? missingDisplay : null;
}

const NOTHING_FOUND = { kind: 'none' } as const;

function spawnBeside(runNumber: number, entry: ManagedProgram, stage: Stage): Fact {
  try {
    const { pid, startTicks } = stage.ports.spawn(entry.program.spec, runNumber);
    const run = { number: runNumber, pid, startTicks, startedAt: stage.clock.now(), adopted: false };
    return { kind: 'spawnedBeside', run };
  } catch (error) {
    const problem = error instanceof HealerError ? error.message : toHealerError(error).message;
    return { kind: 'spawnBesideFailed', problem };
  }
}

function spawn(runNumber: number, entry: ManagedProgram, stage: Stage): Fact {
  try {
    const { spec } = entry.program;
    const found = mayAdoptDuplicate(entry.program) ? stage.ports.adoptDuplicate(spec, runNumber) : NOTHING_FOUND;
    if (found.kind === 'one') {
      entry.spawnProblem = null;
      return { kind: 'adopted', run: found.run, paused: found.paused };
    }
    const { pid, startTicks } = stage.ports.spawn(spec, runNumber);
    entry.spawnProblem = null;
    const run = { number: runNumber, pid, startTicks, startedAt: stage.clock.now(), adopted: false };
    if (found.kind === 'none') return { kind: 'spawned', run };
    return { kind: 'spawned', run, note: describeSeveral(spec.command, found.pids) };
  } catch (error) {
    const missing = error instanceof HealerError ? missingDisplayOf(error) : null;
    if (missing !== null) {
      entry.spawnProblem = null;
      return { kind: 'displayMissing', problem: missing };
    }
    if (error instanceof ResourceShortage) {
      entry.spawnProblem = null;
      return { kind: 'spawnFailed', problem: error.message, shortage: error.shortage };
    }
    const problem = error instanceof HealerError ? error.message : toHealerError(error).message;
    entry.spawnProblem = problem;
    return { kind: 'spawnFailed', problem };
  }
}
