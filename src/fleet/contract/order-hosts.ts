import { badPrograms, urgency, type FleetHost } from './fleet-host.ts';

/** Where a host stands in a list: the one that needs attention more comes first, then the one with more bad programs. */
export interface HostOrder {
  readonly rank: number;
  /** Compares as people count: `web-2` is before `web-10`. */
  readonly name: string;
}

const MOST_BAD = 1_000_000;
const DIGITS = 9;

/** Returns where a host stands in a list. */
export function orderOf(host: FleetHost): HostOrder {
  const rank = urgency(host) * MOST_BAD + Math.min(badPrograms(host) ?? 0, MOST_BAD - 1);
  const name = host.host.replaceAll(/\d+/g, (digits) => digits.padStart(DIGITS, '0'));
  return { rank, name: `${name} ${host.site}` };
}

/** Compares two places in a list, for sorting. */
export function compareOrder(one: HostOrder, other: HostOrder): number {
  if (one.rank !== other.rank) return other.rank - one.rank;
  return one.name < other.name ? -1 : one.name > other.name ? 1 : 0;
}

/** Returns hosts in the order of lists. */
export function inOrder<Host extends FleetHost>(hosts: readonly Host[]): readonly Host[] {
  return hosts
    .map((host) => ({ host, order: orderOf(host) }))
    .sort((one, other) => compareOrder(one.order, other.order))
    .map(({ host }) => host);
}
