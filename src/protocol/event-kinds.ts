import type { AlertKind } from './alert.ts';

/** What healer does next after an event that is alerted. `src/policy/alerts/next-steps.ts` has the sentences. */
export type NextStep =
  | 'restart-policy'
  | 'stop'
  | 'kill'
  | 'give-up'
  | 'disable'
  | 'suppressed'
  | 'report'
  | 'cooldown'
  | 'reaping-requested'
  | 'recovered'
  | 'restarted'
  | 'retried';

/** Everything that a kind of event means. */
export interface EventMeaning {
  /** What happened, as the documentation of the event. */
  readonly says: string;
  /** `anomaly`: found by a detector. `response`: what healer did about a fault that was recorded before. */
  readonly is?: 'anomaly' | 'response';
  /** How screens color it: `bad` events also take precedence in the message line. Neutral if absent. */
  readonly tone?: 'bad' | 'warning';
  /** The alert that it causes. Without one, it was requested by a person or is reported by another event. */
  readonly alert?: {
    readonly kind: AlertKind;
    /** Added to the name in the subject, as in "app (memory leak)". */
    readonly what?: string;
    readonly next: NextStep;
    /** A field of the event's data that must be true; else there is no alert. */
    readonly onlyIf?: string;
    /** A field of the event's data; if it is true, there is no alert, because another event causes it. */
    readonly unless?: string;
  };
  /**
   * The rule that made it a fault, for `healer why`. `{restart.policy}` is replaced by that field of the program's
   * definition. An event without a rule is never the cause that `healer why` looks for.
   */
  readonly rule?: string;
  /** The detector that finds it: its name in `anomaly:` and `--kind`, and the unit of a recorded series, if it takes one. */
  readonly detector?: { readonly name: string; readonly series?: string };
}

/** Every kind of event. One row owns everything that the kind means; alerts, screens, `healer why` and metrics derive from it. */
export const EVENT_KINDS = {
  'engine-started': {
    says: 'the engine is ready',
    alert: { kind: 'engine-recovered', next: 'recovered', onlyIf: 'interrupted' },
  },
  serving: { says: 'a server of the engine is listening on an address' },
  'engine-stopping': { says: 'the engine is shutting down' },
  'partner-lost': { says: 'the peer engine died or does not respond' },
  'partner-started': { says: 'the peer engine is running again' },
  'partner-left': { says: 'the peer engine was shut down on request' },
  'engine-degraded': { says: 'a part of the engine does not work', tone: 'bad' },
  'clock-set': { says: 'the clock of the machine was set' },
  'file-corrupt': { says: 'a file of the engine was unreadable and was set aside', tone: 'bad' },
  added: { says: 'a program was added' },
  removed: { says: 'a program was removed' },
  started: { says: 'a program was started' },
  forked: { says: 'a program moved itself to the background, and its main process is followed' },
  running: { says: 'a program is up' },
  adopted: { says: 'a running process was adopted' },
  exited: { says: 'a program exited successfully or as requested', is: 'response' },
  crashed: {
    says: 'a program exited unexpectedly',
    tone: 'bad',
    alert: { kind: 'crash', next: 'restart-policy' },
    rule: 'an exit code other than {restart.successExitCodes} (restart.successExitCodes), or a signal that no stop or restart of healer sent',
  },
  'spawn-failed': {
    says: 'a program could not be started',
    tone: 'bad',
    alert: { kind: 'restart-failed', next: 'restart-policy' },
    rule: 'the program could not be executed',
  },
  stopping: { says: 'a program is being stopped', is: 'response' },
  stopped: { says: 'the pending start of a program was canceled' },
  'terminate-failed': {
    says: 'a program is still running after SIGKILL',
    tone: 'bad',
    rule: 'still running {stop.forceTimeoutMs} after SIGKILL (stop.forceTimeoutMs)',
  },
  killed: { says: 'a program was killed with SIGKILL', is: 'response', tone: 'warning' },
  'leftovers-ended': { says: 'leftover processes of a program were terminated', is: 'response' },
  paused: { says: 'a program was paused' },
  resumed: { says: 'a program was resumed' },
  'restart-scheduled': { says: 'a program will be restarted after a delay', is: 'response' },
  restarted: { says: 'a program was restarted', is: 'response' },
  'limit-cpu': {
    says: 'a program exceeded its CPU limit',
    tone: 'bad',
    alert: { kind: 'violation', next: 'stop' },
    rule: 'CPU above {limits.cpuPercent} % in 3 consecutive samples (limits.cpuPercent)',
  },
  'limit-memory': {
    says: 'a program exceeded its memory limit',
    tone: 'bad',
    alert: { kind: 'violation', next: 'stop' },
    rule: 'memory above {limits.memoryMb} MB in any sample (limits.memoryMb)',
  },
  'limit-runtime': {
    says: 'a run took longer than its program may run',
    tone: 'bad',
    alert: { kind: 'violation', next: 'stop' },
    rule: 'a run longer than {maxRuntimeMs} (maxRuntimeMs)',
  },
  'hook-failed': { says: 'a hook of a program failed, or did not exit in time', tone: 'warning' },
  'would-restart': {
    says: 'an action that healing would have taken if it were not paused or in observe mode',
    is: 'response',
    alert: { kind: 'violation', next: 'suppressed', unless: 'quiet' },
  },
  'cooldown-started': {
    says: 'a program restarted too often and is in cooldown',
    is: 'response',
    tone: 'bad',
    alert: { kind: 'cooldown', next: 'cooldown' },
  },
  'cooldown-ended': { says: 'the cooldown of a program ended' },
  failed: {
    says: 'a program used up its restart attempts',
    is: 'response',
    tone: 'bad',
    alert: { kind: 'restart-failed', next: 'give-up' },
  },
  disabled: { says: 'a program was disabled' },
  enabled: { says: 'a program was enabled' },
  'config-changed': { says: 'a changed configuration was applied' },
  'config-invalid': { says: 'a configuration has problems', tone: 'bad' },
  waiting: { says: 'a program is waiting for its dependencies, or for a display' },
  held: { says: 'healing was paused' },
  released: { says: 'healing was resumed' },
  reloaded: { says: 'a program was sent its reload signal, or a new run replaced the old one' },
  signaled: { says: 'a process of a program was sent a signal on request' },
  'reload-failed': {
    says: 'a new run did not become ready beside the old one, which keeps running',
    tone: 'bad',
    alert: { kind: 'restart-failed', next: 'report' },
    rule: 'a new run that is not ready (reload.strategy: overlap)',
  },
  'scheduled-restart': { says: 'a scheduled run of a program is due, or was skipped' },
  scaled: { says: 'the number of instances of a program was changed' },
  healthy: { says: 'a program passes its health check' },
  unhealthy: {
    says: 'a program fails its health check',
    tone: 'bad',
    alert: { kind: 'health', next: 'restart-policy' },
    rule: '{health.consecutiveFailuresRequired} consecutive failed health checks (health.consecutiveFailuresRequired)',
  },
  'startup-check-failed': {
    says: 'a program did not become healthy in time',
    tone: 'bad',
    alert: { kind: 'health', next: 'restart-policy' },
    rule: 'no passed health check in {health.startupCheck.maxAttempts} attempts after the start (health.startupCheck.maxAttempts)',
  },
  'memory-leak': {
    says: 'the memory of a program keeps rising',
    is: 'anomaly',
    tone: 'bad',
    alert: { kind: 'anomaly', what: 'memory leak', next: 'stop' },
    rule: 'memory that keeps rising (anomaly.leak, action: {anomaly.leak.action})',
    detector: { name: 'leak', series: 'MB' },
  },
  'cpu-spike': {
    says: 'a program uses far more CPU than usual',
    is: 'anomaly',
    tone: 'warning',
    alert: { kind: 'anomaly', what: 'CPU spike', next: 'report' },
    rule: 'CPU far above its usual level (anomaly.spike, action: {anomaly.spike.action})',
    detector: { name: 'spike', series: 'percent of one core' },
  },
  'fork-bomb': {
    says: 'a program has too many descendants',
    is: 'anomaly',
    tone: 'bad',
    alert: { kind: 'anomaly', what: 'fork bomb', next: 'kill' },
    rule: 'more than {anomaly.forkBomb.maxDescendants} descendants, or about to exceed that number (anomaly.forkBomb, action: {anomaly.forkBomb.action})',
    detector: { name: 'forkBomb' },
  },
  'descriptor-leak': {
    says: 'the open descriptors of a program keep increasing',
    is: 'anomaly',
    tone: 'warning',
    alert: { kind: 'anomaly', what: 'descriptor leak', next: 'report' },
    rule: 'open descriptors that keep increasing (anomaly.descriptorLeak, action: {anomaly.descriptorLeak.action})',
    detector: { name: 'descriptorLeak', series: 'descriptors' },
  },
  'thread-leak': {
    says: 'the threads of a program keep increasing',
    is: 'anomaly',
    tone: 'warning',
    alert: { kind: 'anomaly', what: 'thread leak', next: 'report' },
    rule: 'threads that keep increasing (anomaly.threadLeak, action: {anomaly.threadLeak.action})',
    detector: { name: 'threadLeak', series: 'threads' },
  },
  novelty: {
    says: 'a program behaves in a way not seen before',
    is: 'anomaly',
    detector: { name: 'novelty', series: 'any unit' },
  },
  'zombies-found': {
    says: 'zombie processes are waiting for their parent to reap them',
    alert: { kind: 'zombies', next: 'reaping-requested', unless: 'quiet' },
    rule: 'dead children that the program does not reap (zombies: {zombies})',
  },
  'zombies-cleaned': { says: 'zombie processes were reaped', is: 'response' },
  'orphan-tracked': { says: 'a process is tracked on behalf of its parent' },
  'orphan-untracked': { says: 'a process is no longer tracked' },
  'orphan-ended': { says: 'a tracked process was terminated because its parent is gone' },
  'alert-failed': { says: 'an alert could not be delivered', tone: 'bad' },
  'alerts-recovered': { says: 'alerts are being delivered again' },
  'log-gap': { says: 'log lines could not be written', tone: 'bad' },
} as const satisfies Readonly<Record<string, EventMeaning>>;

type Table = typeof EVENT_KINDS;

export type EventKind = keyof Table;

/** The kinds that a detector finds. */
export type AnomalyKind = { [Kind in EventKind]: Table[Kind] extends { is: 'anomaly' } ? Kind : never }[EventKind];

/** The names of the detectors, as in `anomaly:` of a definition. */
export type DetectorName = Table[AnomalyKind]['detector']['name'];

/** A detector that `healer detect` can run on a recorded series, with the unit of the values. */
export interface SeriesDetector {
  readonly name: DetectorName;
  readonly unit: string;
}

/** The kind of event that a detector finds. */
export type EventOfDetector<Name extends DetectorName> = {
  [Kind in AnomalyKind]: Table[Kind]['detector']['name'] extends Name ? Kind : never;
}[AnomalyKind];

const MEANINGS: Readonly<Record<string, EventMeaning | undefined>> = EVENT_KINDS;
const UNKNOWN: EventMeaning = { says: 'an event of a newer engine' };

/** Returns everything that a kind of event means. Accepts kinds that only a newer engine knows: clients may receive them. */
export function meaningOf(kind: EventKind): EventMeaning {
  return MEANINGS[kind] ?? UNKNOWN;
}

/** Every kind, in the order of the table. */
export const ALL_EVENT_KINDS = Object.keys(EVENT_KINDS) as readonly EventKind[];

export function isAnomaly(kind: EventKind): kind is AnomalyKind {
  return meaningOf(kind).is === 'anomaly';
}

/** The kinds that detectors find, in the order of the table. */
export const ANOMALY_KINDS: readonly AnomalyKind[] = ALL_EVENT_KINDS.filter(isAnomaly);

export const SERIES_DETECTORS: readonly SeriesDetector[] = ANOMALY_KINDS.flatMap((kind) => {
  const { detector } = EVENT_KINDS[kind];
  return 'series' in detector ? [{ name: detector.name, unit: detector.series }] : [];
});
