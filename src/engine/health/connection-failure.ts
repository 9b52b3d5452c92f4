import { addressText } from './close-in-order.ts';

const FAILURES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused the connection',
  ECONNRESET: 'closed the connection',
  EPIPE: 'closed the connection',
  ETIMEDOUT: 'did not accept the connection',
  ENOTFOUND: 'cannot be reached: unknown host',
  EAI_AGAIN: 'cannot be reached: DNS lookup failed',
  EHOSTUNREACH: 'cannot be reached: no route to the host',
  ENETUNREACH: 'cannot be reached: no route to the network',
};

/** Explains a failed connection in words that follow the target of the check: "refused the connection". */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return `failed: ${String(error)}`;
  const code = 'code' in error ? String(error.code) : '';
  const tried = error instanceof AggregateError ? error.errors.flatMap(addressOf) : [];
  const where = tried.length === 0 ? '' : ` (${tried.join(' and ')})`;
  return `${FAILURES[code] ?? `failed: ${error.message || code}`}${where}`;
}

/** Returns the address of an attempt to connect to a host that has several. */
function addressOf(error: unknown): string | [] {
  const { address, port } = error as { readonly address?: string; readonly port?: number };
  return address === undefined || port === undefined ? [] : addressText(address, port);
}
