const FAILURES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused the connection',
  ECONNRESET: 'closed the connection',
  EPIPE: 'closed the connection',
  ENOTFOUND: 'cannot be reached: unknown host',
  EAI_AGAIN: 'cannot be reached: DNS lookup failed',
  EHOSTUNREACH: 'cannot be reached: no route to the host',
  ENETUNREACH: 'cannot be reached: no route to the network',
};

/** Explains a failed connection in words that follow the target of the check: "refused the connection". */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return `failed: ${String(error)}`;
  const code = 'code' in error ? String(error.code) : '';
  return FAILURES[code] ?? `failed: ${error.message || code}`;
}
