const FAILURES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused the connection',
  ECONNRESET: 'closed the connection',
  EPIPE: 'closed the connection',
  ENOTFOUND: 'could not be found: no such host',
  EAI_AGAIN: 'could not be found: the name service does not answer',
  EHOSTUNREACH: 'could not be reached: no route to the host',
  ENETUNREACH: 'could not be reached: no route to the network',
};

/** Why no answer came about, in words that fit behind what was asked. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return `failed: ${String(error)}`;
  const code = 'code' in error ? String(error.code) : '';
  return FAILURES[code] ?? `failed: ${error.message || code}`;
}
