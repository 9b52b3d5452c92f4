import type { EngineEvent, EventKind } from '../../protocol/engine-event.ts';

const BY_POLICY = 'Its restart policy decides: another try, a rest after too many, or giving up.';
const ENDED = 'The program is ended; its restart policy decides whether it is started again.';
const KILLED = 'The whole tree is killed, then the restart policy decides.';
const GAVE_UP = 'healer does not try again by itself: mend the cause, then start the program.';
const DISABLED = 'The program is ended and disabled: mend the cause, then enable it.';
const NOT_HEALED = 'Nothing: healing is switched off for this program.';
const ONLY_TOLD = 'Nothing is done about it unless its configuration says so.';
const RESTS = 'The program rests, then gets one fresh try with clean counters.';
const ASKED_TO_REAP = 'Their parents were asked to reap them; restart a parent that does not.';
const TAKEN_OVER = 'Programs that lived were taken over; those that died were started again.';

/** What follows from an event, where nothing else is known. */
const BY_KIND = {
  crashed: BY_POLICY,
  'spawn-failed': 'healer tries again by the restart policy.',
  failed: GAVE_UP,
  'limit-cpu': ENDED,
  'limit-memory': ENDED,
  'would-restart': NOT_HEALED,
  'memory-leak': ENDED,
  'cpu-spike': ONLY_TOLD,
  'fork-bomb': KILLED,
  'zombies-found': ASKED_TO_REAP,
  'cooldown-started': RESTS,
  unhealthy: BY_POLICY,
  'startup-check-failed': BY_POLICY,
  'engine-started': TAKEN_OVER,
} as const satisfies Partial<Record<EventKind, string>>;

export type AlertedKind = keyof typeof BY_KIND;

/** Where the event names what is done about it, by its definition or by who holds healing back. */
const BY_ACTION: Readonly<Record<string, string>> = {
  log: ONLY_TOLD,
  observe: NOT_HEALED,
  restart: ENDED,
  kill: KILLED,
  disable: DISABLED,
  fail: GAVE_UP,
};

/** What became of a fault, where that settles what comes next. */
const BY_CONSEQUENCE: Readonly<Partial<Record<EventKind, string>>> = {
  'would-restart': NOT_HEALED,
  failed: GAVE_UP,
  'cooldown-started': RESTS,
};

/** The sentence with which an alert about an event ends: what healer does next, and what a person can do. */
export function whatComesNext(kind: AlertedKind, { action }: EngineEvent['data']): string {
  return (typeof action === 'string' ? BY_ACTION[action] : undefined) ?? BY_KIND[kind];
}

/** The same once a consequence of the fault is known; null where that settles nothing. */
export function nextAfter({ kind }: EngineEvent): string | null {
  return BY_CONSEQUENCE[kind] ?? null;
}
