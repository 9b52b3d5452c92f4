/** All kinds of alerts with the title in their subject. See docs/alerts.md. */
export const ALERT_KINDS = {
  crash: 'Process Crash',
  violation: 'Resource Violation',
  anomaly: 'Anomaly Detected',
  zombies: 'Zombie Processes Detected',
  cooldown: 'Cooldown Activated',
  'restart-failed': 'Restart Failed',
  health: 'Health Check Failed',
  'engine-recovered': 'Engine Recovered',
  recovered: 'Recovered',
} as const;

export type AlertKind = keyof typeof ALERT_KINDS;

/** One alert. It is stored on disk until it is delivered. */
export interface Alert {
  /** Stays the same across retries and restarts of the engine. Safe as a file name. */
  readonly id: string;
  readonly kind: AlertKind;
  /** Follows the title: the name of a program, a count, "app (memory leak)". */
  readonly subject: string;
  /** Program id; null if the alert is about the engine or the host. */
  readonly process: string | null;
  readonly pid: number | null;
  /** ISO 8601. */
  readonly time: string;
  /** The reason of the event, as one sentence. */
  readonly reason: string;
  /** Evidence: measured values, limits, exit status. */
  readonly facts: readonly (readonly [label: string, value: string])[];
  /** The actions that healer has taken, one sentence each. */
  readonly done: readonly string[];
  /** What healer does next, and what the operator can do. */
  readonly next: string;
  /** Number of earlier alerts about the same program that the rate limit suppressed. */
  readonly heldBack: number;
}

/** A message on a channel: one alert with the last output of the program, or a digest of several alerts. */
export type AlertMessage =
  | { readonly form: 'alert'; readonly alert: Alert; readonly lines: readonly string[]; readonly from: Sender }
  | {
      readonly form: 'digest';
      readonly id: string;
      readonly alerts: readonly Alert[];
      /** Why the alerts are combined; absent: many programs failed at once. */
      readonly cause?: DigestCause;
      readonly from: Sender;
    };

/** Why alerts are combined: they repeat, or they waited for the end of quiet hours. */
export type DigestCause = 'repeats' | 'quiet-hours';

/** The host and engine that a message comes from. */
export interface Sender {
  readonly host: string;
  readonly instance: string;
}

/** Returns the id of a message, which stays the same across retries. */
export function messageId(message: AlertMessage): string {
  return message.form === 'alert' ? message.alert.id : message.id;
}
