/** Every kind of event (SPEC section 10) with what it tells. Docs and filters derive from this table. */
export const EVENT_KINDS = {
  'engine-started': 'the engine is ready',
  'engine-stopping': 'the engine is going down',
  'engine-degraded': 'a part of the engine cannot work as it should',
  'file-corrupt': 'a file of the engine was unreadable and set aside',
  added: 'a program became known',
  removed: 'a program is known no longer',
  started: 'a program was executed',
  running: 'a program is up',
  adopted: 'a program that survived its engine was taken over',
  exited: 'a program ended well or was told to end',
  crashed: 'a program ended badly',
  'spawn-failed': 'a program could not be executed',
  stopping: 'a program was told to end',
  stopped: 'a program that was to be started again is left at rest',
  killed: 'a program had to be ended by SIGKILL',
  'leftovers-ended': 'processes that a program left behind were ended',
  paused: 'a program was frozen',
  resumed: 'a program goes on',
  'restart-scheduled': 'a program will be started again after a delay',
  restarted: 'a program was started again',
  'limit-cpu': 'a program used more CPU than it may',
  'limit-memory': 'a program used more memory than it may',
  'would-restart': 'observe mode: what healing would have done',
  'cooldown-started': 'a program restarted too often and rests',
  'cooldown-ended': 'a program may be started again',
  failed: 'a program used up its attempts',
  disabled: 'a program may not be started',
  enabled: 'a program may be started',
  'config-changed': 'a source of programs was changed and applied',
  'config-invalid': 'a source of programs has problems',
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
