/** What a check found out. */
export interface Finding {
  readonly check: string;
  readonly status: 'ok' | 'warning' | 'error';
  readonly message: string;
  /** What to do, in one line; null where all is well. */
  readonly fix: string | null;
}

/** What a check comes to; its name is added by the table. */
export type Verdict = Omit<Finding, 'check'>;

export function ok(message: string): Verdict {
  return { status: 'ok', message, fix: null };
}

export function warning(message: string, fix: string): Verdict {
  return { status: 'warning', message, fix };
}

export function error(message: string, fix: string): Verdict {
  return { status: 'error', message, fix };
}
