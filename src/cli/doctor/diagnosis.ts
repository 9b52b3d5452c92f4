/** The result of a check. */
export interface Diagnosis {
  readonly check: string;
  readonly status: 'ok' | 'warning' | 'error';
  readonly message: string;
  /** What to do, in one line; null if there is nothing to fix. */
  readonly fix: string | null;
}

/** What a check returns; the table adds its name. */
export type Verdict = Omit<Diagnosis, 'check'>;

export function ok(message: string): Verdict {
  return { status: 'ok', message, fix: null };
}

export function warning(message: string, fix: string): Verdict {
  return { status: 'warning', message, fix };
}

export function error(message: string, fix: string): Verdict {
  return { status: 'error', message, fix };
}
