/** How two engines watch each other (SPEC section 13). */
export const PARTNER_RULE = {
  /** From the beginning of one look to that of the next. */
  lookMs: 3_000,
  /** How long the answer to one look may take: two looks and it are over before 8 s have passed. */
  answerMs: 1_500,
  /** So many looks in a row have to go badly. */
  failures: 2,
  /** How long a new process may take until it first answers. */
  graceMs: 15_000,
  /** How long a service manager may take to start again what it started before. */
  managerMs: 30_000,
  /** How long it takes to the next start, by how many went badly in a row. One that answered went well. */
  delaysMs: [0, 3_000, 10_000, 30_000, 60_000],
} as const;

/** What one look at the partner has shown. */
export interface PeerSight {
  /** False when it went down as it was told, or never was. */
  readonly isWanted: boolean;
  /** Who holds its lock, while that process lives. Its name tells it from another one with the same pid. */
  readonly process: { readonly name: string; readonly ageMs: number; readonly isStopped: boolean } | null;
  /** Over HTTP; not asked where it serves none. */
  readonly answer: 'given' | 'missing' | 'unasked';
  /** We were kept from running ourselves, so that a missing answer says nothing. */
  readonly isLate: boolean;
  /** A process that we started for it lives. */
  readonly isStarting: boolean;
  /** Who starts it again: we, the service manager that started it before, or nobody. */
  readonly starter: 'we' | 'manager' | 'nobody';
}

/** What is known of the partner from look to look. */
export type PeerWatch =
  | { readonly name: 'unknown' }
  | { readonly name: 'well'; readonly process: string | null }
  | {
      readonly name: 'failing';
      readonly failures: number;
      /** When it began; where a start went badly, when that was seen. */
      readonly sinceMs: number;
      /** The process that was well. */
      readonly process: string | null;
      readonly failedStarts: number;
      readonly isTold: boolean;
    }
  | { readonly name: 'starting'; readonly sinceMs: number; readonly failedStarts: number };

/** `replace` kills and starts, `end` only kills, `tell-lost` only tells; `left` says that there is nothing to watch. */
export type PeerAction = 'none' | 'start' | 'replace' | 'end' | 'tell-lost' | 'tell-back' | 'left';

export interface PeerVerdict {
  readonly watch: PeerWatch;
  readonly action: PeerAction;
  /** Goes on behind the name of the partner. */
  readonly why: string;
}

/** Before the first look. */
export const UNKNOWN_PARTNER: PeerWatch = { name: 'unknown' };

type Finding = 'well' | 'unclear' | 'dead' | 'hung';
type Failing = Extract<PeerWatch, { name: 'failing' }>;

/** Decides what a look at the partner leads to. `nowMs` is monotonic. */
export function judgePeer(watch: PeerWatch, sight: PeerSight, nowMs: number): PeerVerdict {
  if (!sight.isWanted) return judgeUnwanted(watch);
  const finding = findingOf(watch, sight, nowMs);
  switch (finding) {
    case 'well':
      return judgeWell(watch, sight);
    case 'unclear':
      return { watch, action: 'none', why: 'is not up yet, as far as can be told' };
    case 'dead':
    case 'hung':
      return judgeFailed(countFailure(watch, nowMs), finding, sight, nowMs);
  }
}

function judgeUnwanted(watch: PeerWatch): PeerVerdict {
  const why = 'went down as it was told';
  return { watch: UNKNOWN_PARTNER, action: watch.name === 'unknown' ? 'none' : 'left', why };
}

function judgeWell(watch: PeerWatch, { process }: PeerSight): PeerVerdict {
  const wasLost = watch.name === 'starting' || (watch.name === 'failing' && watch.failures >= PARTNER_RULE.failures);
  return {
    watch: { name: 'well', process: process?.name ?? null },
    action: wasLost ? 'tell-back' : 'none',
    why: wasLost ? 'runs again' : 'is well',
  };
}

function findingOf(watch: PeerWatch, sight: PeerSight, nowMs: number): Finding {
  const { process, answer, isLate, isStarting } = sight;
  if (answer === 'given') return 'well';
  if (process === null) {
    const isOnItsWay = watch.name === 'starting' && isStarting && nowMs - watch.sinceMs < PARTNER_RULE.graceMs;
    return isOnItsWay ? 'unclear' : 'dead';
  }
  if (answer === 'unasked') return process.isStopped ? 'hung' : 'well';
  // That it is stopped is a fact, however slow the machine or we ourselves are.
  if (process.isStopped) return 'hung';
  const hasAnswered = 'process' in watch && watch.process === process.name;
  const isNew = !hasAnswered && process.ageMs < PARTNER_RULE.graceMs;
  return isLate || isNew ? 'unclear' : 'hung';
}

function countFailure(watch: PeerWatch, nowMs: number): Failing {
  switch (watch.name) {
    case 'unknown':
    case 'well': {
      const process = watch.name === 'well' ? watch.process : null;
      return { name: 'failing', failures: 1, sinceMs: nowMs, process, failedStarts: 0, isTold: false };
    }
    case 'failing':
      return { ...watch, failures: watch.failures + 1 };
    case 'starting': {
      const failedStarts = watch.failedStarts + 1;
      const { failures } = PARTNER_RULE;
      return { name: 'failing', failures, sinceMs: nowMs, process: null, failedStarts, isTold: true };
    }
  }
}

function judgeFailed(watch: Failing, finding: 'dead' | 'hung', { starter }: PeerSight, nowMs: number): PeerVerdict {
  const { managerMs, failures, delaysMs } = PARTNER_RULE;
  const what = finding === 'dead' ? 'has died' : 'hangs';
  const told = { ...watch, isTold: true };
  const failedForMs = nowMs - watch.sinceMs;
  if (watch.failures < failures) return { watch, action: 'none', why: `${what}, or so it seems` };
  if (starter === 'nobody') {
    const why = `${what}; nobody is to start it again`;
    return { watch: told, action: watch.isTold ? 'none' : 'tell-lost', why };
  }
  if (starter === 'manager' && (finding === 'hung' || failedForMs < managerMs)) {
    const why = `${what}; its service manager starts it again`;
    if (finding === 'hung') return { watch: told, action: 'end', why };
    return { watch: told, action: watch.isTold ? 'none' : 'tell-lost', why };
  }
  const delayMs = delaysMs[Math.min(watch.failedStarts, delaysMs.length - 1)] ?? 0;
  if (watch.failedStarts > 0 && failedForMs < delayMs) {
    return { watch: told, action: 'none', why: `${what}; the next start is tried after ${String(delayMs / 1000)} s` };
  }
  return {
    watch: { name: 'starting', sinceMs: nowMs, failedStarts: watch.failedStarts },
    action: finding === 'hung' ? 'replace' : 'start',
    why: finding === 'hung' ? `${what}: it is killed and started again` : `${what}: it is started again`,
  };
}
