/** Every kind of alert with the title that stands in its subject (SPEC section 10). */
export const ALERT_KINDS = {
  crash: 'Process Crash',
  violation: 'Resource Violation',
  anomaly: 'Anomaly Detected',
  zombies: 'Zombie Processes Detected',
  cooldown: 'Cooldown Activated',
  'restart-failed': 'Restart Failed',
  health: 'Health Check Failed',
  'engine-recovered': 'Engine Recovered',
} as const;

export type AlertKind = keyof typeof ALERT_KINDS;

/** One thing that somebody is told about. Plain data: it waits on disk until it is delivered. */
export interface Alert {
  /** Names it for good, over every retry and every restart of the engine. Safe as a file name. */
  readonly id: string;
  readonly kind: AlertKind;
  /** What stands behind the title: a program's name, a count, "app (memory leak)". */
  readonly subject: string;
  /** Program id; null when the engine or the host is meant. */
  readonly process: string | null;
  readonly pid: number | null;
  /** ISO 8601. */
  readonly time: string;
  /** The decision's own sentence. */
  readonly reason: string;
  /** Evidence in plain numbers: what was measured, against which limit, how it ended. */
  readonly facts: readonly (readonly [label: string, value: string])[];
  /** What healer has done about it, in its own sentences. */
  readonly done: readonly string[];
  /** What healer does next, and what a person can do. */
  readonly next: string;
  /** Alerts about the same program that the rate limit held back before this one. */
  readonly heldBack: number;
}

/** What a channel delivers: one alert with the program's last output, or many in a digest. */
export type AlertMessage =
  | { readonly form: 'alert'; readonly alert: Alert; readonly lines: readonly string[]; readonly from: Sender }
  | { readonly form: 'digest'; readonly id: string; readonly alerts: readonly Alert[]; readonly from: Sender };

/** Where a message comes from. */
export interface Sender {
  readonly host: string;
  readonly instance: string;
}

/** What names a message over all tries: of one alert its own id, of a digest that of the digest. */
export function messageId(message: AlertMessage): string {
  return message.form === 'alert' ? message.alert.id : message.id;
}
