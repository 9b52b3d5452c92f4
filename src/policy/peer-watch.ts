/** How two engines watch each other; see docs/watcher.md. */
export const PEER_RULE = {
  /** Interval between the starts of two inspections. */
  inspectMs: 3_000,
  /** Timeout of the answer to one inspection. Two inspections with it take less than 8 s. */
  answerMs: 1_500,
  /** Consecutive failed inspections before the peer counts as lost. */
  failures: 2,
  /** How long a new process may take to answer for the first time. */
  graceMs: 15_000,
  /** How long a service manager may take to restart the peer. */
  managerMs: 30_000,
  /** Delay of the next start by the number of consecutive failed starts. A start succeeds once the peer answers. */
  delaysMs: [0, 3_000, 10_000, 30_000, 60_000],
} as const;

/** The result of one inspection of the peer. */
export interface PeerSight {
  /** False if it was shut down on request, or never existed. */
  readonly isWanted: boolean;
  /** The live process that holds its lock. The name distinguishes it from another process with the same pid. */
  readonly process: { readonly name: string; readonly ageMs: number; readonly isStopped: boolean } | null;
  /**
   * On its own socket. `unreachable`: the connection was refused or closed, which other clients or a removed file can
   * cause, and it says nothing about a running process.
   */
  readonly answer: 'given' | 'missing' | 'unreachable';
  /** This engine was delayed itself, so that a missing answer means nothing. */
  readonly isLate: boolean;
  /** A process that this engine started for it is alive. */
  readonly isStarting: boolean;
  /** What restarts it: this engine, the service manager that started it before, or nothing. */
  readonly starter: 'engine' | 'manager' | 'none';
}

/** What is known about the peer between inspections. */
export type PeerWatch =
  | { readonly name: 'unknown' }
  | { readonly name: 'healthy'; readonly process: string | null }
  | {
      readonly name: 'failing';
      readonly failures: number;
      /** When the failure was first detected; after a failed start, when that was detected. */
      readonly sinceMs: number;
      /** The process that was healthy. */
      readonly process: string | null;
      readonly failedStarts: number;
      readonly isReported: boolean;
    }
  | { readonly name: 'starting'; readonly sinceMs: number; readonly failedStarts: number };

/** `replace` kills and starts, `end` only kills, `report-lost` only reports; `left`: there is nothing to watch. */
export type PeerAction = 'none' | 'start' | 'replace' | 'end' | 'report-lost' | 'report-back' | 'left';

export interface PeerVerdict {
  readonly watch: PeerWatch;
  readonly action: PeerAction;
  /** Follows the name of the peer. */
  readonly why: string;
}

/** Before the first inspection. */
export const UNKNOWN_PEER: PeerWatch = { name: 'unknown' };

type PeerCondition = 'healthy' | 'unclear' | 'unreachable' | 'dead' | 'hung';
type Failing = Extract<PeerWatch, { name: 'failing' }>;

/** Decides what to do after an inspection of the peer. `nowMs` is monotonic. */
export function judgePeer(watch: PeerWatch, sight: PeerSight, nowMs: number): PeerVerdict {
  if (!sight.isWanted) return judgeUnwanted(watch);
  const condition = conditionOf(watch, sight, nowMs);
  switch (condition) {
    case 'healthy':
      return judgeHealthy(watch, sight);
    case 'unclear':
      return { watch, action: 'none', why: 'is not up yet' };
    case 'unreachable':
      return { watch, action: 'none', why: 'is running, but its socket refuses connections' };
    case 'dead':
    case 'hung':
      return judgeFailed(countFailure(watch, nowMs), condition, sight, nowMs);
  }
}

function judgeUnwanted(watch: PeerWatch): PeerVerdict {
  const why = 'was shut down on request';
  return { watch: UNKNOWN_PEER, action: watch.name === 'unknown' ? 'none' : 'left', why };
}

function judgeHealthy(watch: PeerWatch, { process }: PeerSight): PeerVerdict {
  const wasLost = watch.name === 'starting' || (watch.name === 'failing' && watch.failures >= PEER_RULE.failures);
  return {
    watch: { name: 'healthy', process: process?.name ?? null },
    action: wasLost ? 'report-back' : 'none',
    why: wasLost ? 'is running again' : 'is healthy',
  };
}

function conditionOf(watch: PeerWatch, sight: PeerSight, nowMs: number): PeerCondition {
  const { process, answer, isLate, isStarting } = sight;
  if (answer === 'given') return 'healthy';
  if (process === null) {
    const isStartingUp = watch.name === 'starting' && isStarting && nowMs - watch.sinceMs < PEER_RULE.graceMs;
    return isStartingUp ? 'unclear' : 'dead';
  }
  // Whether a process is stopped does not depend on how slow the machine or this engine is.
  if (process.isStopped) return 'hung';
  if (answer === 'unreachable') return 'unreachable';
  const hasAnswered = 'process' in watch && watch.process === process.name;
  const isNew = !hasAnswered && process.ageMs < PEER_RULE.graceMs;
  return isLate || isNew ? 'unclear' : 'hung';
}

function countFailure(watch: PeerWatch, nowMs: number): Failing {
  switch (watch.name) {
    case 'unknown':
    case 'healthy': {
      const process = watch.name === 'healthy' ? watch.process : null;
      return { name: 'failing', failures: 1, sinceMs: nowMs, process, failedStarts: 0, isReported: false };
    }
    case 'failing':
      return { ...watch, failures: watch.failures + 1 };
    case 'starting': {
      const failedStarts = watch.failedStarts + 1;
      const { failures } = PEER_RULE;
      return { name: 'failing', failures, sinceMs: nowMs, process: null, failedStarts, isReported: true };
    }
  }
}

function judgeFailed(watch: Failing, condition: 'dead' | 'hung', { starter }: PeerSight, nowMs: number): PeerVerdict {
  const { managerMs, failures, delaysMs } = PEER_RULE;
  const what = condition === 'dead' ? 'died' : 'does not respond';
  const reported = { ...watch, isReported: true };
  const failedForMs = nowMs - watch.sinceMs;
  if (watch.failures < failures) return { watch, action: 'none', why: `${what}; not confirmed yet` };
  if (starter === 'none') {
    const why = `${what}; nothing restarts it`;
    return { watch: reported, action: watch.isReported ? 'none' : 'report-lost', why };
  }
  if (starter === 'manager' && (condition === 'hung' || failedForMs < managerMs)) {
    const why = `${what}; its service manager restarts it`;
    if (condition === 'hung') return { watch: reported, action: 'end', why };
    return { watch: reported, action: watch.isReported ? 'none' : 'report-lost', why };
  }
  const delayMs = delaysMs[Math.min(watch.failedStarts, delaysMs.length - 1)] ?? 0;
  if (watch.failedStarts > 0 && failedForMs < delayMs) {
    return { watch: reported, action: 'none', why: `${what}; retrying after ${String(delayMs / 1000)} s` };
  }
  return {
    watch: { name: 'starting', sinceMs: nowMs, failedStarts: watch.failedStarts },
    action: condition === 'hung' ? 'replace' : 'start',
    why: condition === 'hung' ? `${what}; killing and restarting it` : `${what}; restarting it`,
  };
}
