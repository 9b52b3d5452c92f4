/** Every kind of event (SPEC section 10) with what it tells. Docs and filters derive from this table. */
export const EVENT_KINDS = {
  'engine-started': 'the engine is ready',
  serving: 'a server of the engine can be reached under an address',
  'engine-stopping': 'the engine is going down',
  'partner-lost': 'the other engine of the pair died, or hangs',
  'partner-started': 'the other engine of the pair runs again',
  'partner-left': 'the other engine of the pair went down as it was told',
  'engine-degraded': 'a part of the engine cannot work as it should',
  'file-corrupt': 'a file of the engine was unreadable and set aside',
  added: 'a program became known',
  removed: 'a program is known no longer',
  started: 'a program was executed',
  running: 'a program is up',
  adopted: 'a running program was taken over, from an earlier engine or by its name',
  exited: 'a program ended well or was told to end',
  crashed: 'a program ended badly',
  'spawn-failed': 'a program could not be executed',
  stopping: 'a program was told to end',
  stopped: 'a program that was to be started again is left at rest',
  'terminate-failed': 'a program could not be ended, not even by SIGKILL',
  killed: 'a program had to be ended by SIGKILL',
  'leftovers-ended': 'processes that a program left behind were ended',
  paused: 'a program was frozen',
  resumed: 'a program goes on',
  'restart-scheduled': 'a program will be started again after a delay',
  restarted: 'a program was started again',
  'limit-cpu': 'a program used more CPU than it may',
  'limit-memory': 'a program used more memory than it may',
  'would-restart': 'what healing would have done, had it not been held or told to observe',
  'cooldown-started': 'a program restarted too often and rests',
  'cooldown-ended': 'a program may be started again',
  failed: 'a program used up its attempts',
  disabled: 'a program may not be started',
  enabled: 'a program may be started',
  'config-changed': 'a source of programs was changed and applied',
  'config-invalid': 'a source of programs has problems',
  waiting: 'a program waits for those it depends on',
  held: 'healing was switched off for a while',
  released: 'healing was switched on again',
  reloaded: 'a program was sent its reload signal',
  'scheduled-restart': 'a program is restarted as planned',
  scaled: 'the number of instances of a program was changed',
  healthy: 'a program answers its health check',
  unhealthy: 'a program fails its health check',
  'startup-check-failed': 'a program did not become healthy in time',
  'memory-leak': 'the memory of a program rises without end',
  'cpu-spike': 'a program uses far more CPU than it used to',
  'fork-bomb': 'a program has too many descendants',
  novelty: 'a program behaves in a way not seen before',
  'zombies-found': 'dead processes wait for their parent to reap them',
  'zombies-cleaned': 'dead processes were reaped',
  'orphan-tracked': 'a process is watched on behalf of its parent',
  'orphan-untracked': 'a process is not watched any longer',
  'orphan-ended': 'a tracked process was ended, since its parent is gone',
  'alert-failed': 'an alert could not be delivered',
  'alerts-recovered': 'alerts are delivered again',
  'log-gap': 'log lines could not be written',
} as const;

export type EventKind = keyof typeof EVENT_KINDS;

/** One decision or observation of the engine. */
export interface EngineEvent {
  /** Rises by one an event, over the engine's restarts too. */
  readonly seq: number;
  /** ISO 8601. */
  readonly time: string;
  readonly kind: EventKind;
  /** Program id; null for the engine itself. */
  readonly process: string | null;
  readonly pid: number | null;
  /** The decision's own sentence. */
  readonly reason: string;
  readonly data: Readonly<Record<string, unknown>>;
}
