import { isLoopback, normalizeAddress } from '../../base/host-pattern.ts';

/** What a request says about its origin and its destination. */
export interface RequestHeaders {
  /** Every name that it uses for this machine: from the header Host, and from a request target that is a full URL. */
  readonly hosts: readonly string[];
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site`, which browsers set and pages cannot. */
  readonly fetchSite: string | undefined;
}

interface Destination {
  /** The local address that received the request. */
  readonly localAddress: string;
  /** Names of this machine. */
  readonly names: readonly string[];
}

/**
 * Returns why a request may come from a web page rather than from a tool; null if it does not look like that. Pages in a
 * browser can reach loopback directly (Origin), or by a host name that resolves to it (Host; DNS rebinding).
 */
export function originProblem({ hosts, origin, fetchSite }: RequestHeaders, destination: Destination): string | null {
  if (origin !== undefined) return 'requests from web pages are refused: this one has the header Origin';
  if (fetchSite !== undefined && fetchSite !== 'none')
    return 'requests from web pages are refused: a browser sent this one';
  if (hosts.length === 0) return 'the request has no header Host';
  return hosts.map((host) => hostProblem(host, destination)).find((problem) => problem !== null) ?? null;
}

function hostProblem(host: string, destination: Destination): string | null {
  const name = hostNameOf(host);
  if (name === null) return 'the header Host is not a valid host name';
  if (isCalled(name, destination)) return null;
  return `"${name}" is not a name of this machine; add it to "names" in the setting "api"`;
}

function isCalled(name: string, { localAddress, names }: Destination): boolean {
  if (names.some((known) => known.toLowerCase() === name)) return true;
  if (isLoopback(localAddress)) return name === 'localhost' || isLoopback(name);
  return normalizeAddress(name) === normalizeAddress(localAddress);
}

const HIGHEST_PORT = 65_535;

/** Returns the host without port and IPv6 brackets; null if it is not a valid host. */
function hostNameOf(host: string): string | null {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::(\d{1,5}))?$/i.exec(host);
  if (Number(match?.[3] ?? 0) > HIGHEST_PORT) return null;
  return (match?.[1] ?? match?.[2])?.toLowerCase() ?? null;
}
