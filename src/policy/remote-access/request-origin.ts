import { isLoopback, normalizeAddress } from '../../base/host-pattern.ts';

/** What a request says of where it comes from and where it thinks it goes. */
export interface RequestHeaders {
  /** Every name by which it calls this machine: of the header Host, and of a target that is a whole URL. */
  readonly hosts: readonly string[];
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site`, which browsers set and pages cannot. */
  readonly fetchSite: string | undefined;
}

interface Destination {
  /** The address that the request came in on. */
  readonly localAddress: string;
  /** Names that this machine is called by. */
  readonly names: readonly string[];
}

/**
 * Why a request is none that a tool on purpose sends here; null when it may be one. Pages in a browser reach loopback
 * as well, directly (Origin) or under a name of their own that they make point here (Host; DNS rebinding).
 */
export function originProblem({ hosts, origin, fetchSite }: RequestHeaders, destination: Destination): string | null {
  if (origin !== undefined) return 'web pages are not served: the request carries an Origin';
  if (fetchSite !== undefined && fetchSite !== 'none') return 'web pages are not served: a page in a browser sent this';
  if (hosts.length === 0) return 'the request names no Host';
  return hosts.map((host) => hostProblem(host, destination)).find((problem) => problem !== null) ?? null;
}

function hostProblem(host: string, destination: Destination): string | null {
  const name = hostNameOf(host);
  if (name === null) return 'the Host of the request is no name of a host';
  if (isCalled(name, destination)) return null;
  return `this machine is not called "${name}" here; a name that leads to it has to be among "names" of the setting "api"`;
}

function isCalled(name: string, { localAddress, names }: Destination): boolean {
  if (names.some((known) => known.toLowerCase() === name)) return true;
  if (isLoopback(localAddress)) return name === 'localhost' || isLoopback(name);
  return normalizeAddress(name) === normalizeAddress(localAddress);
}

/** Without the port and the brackets of IPv6; null for what is no host. */
function hostNameOf(host: string): string | null {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(host);
  return (match?.[1] ?? match?.[2])?.toLowerCase() ?? null;
}
