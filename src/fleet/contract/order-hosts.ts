import { badPrograms, urgency, type FleetHost } from './fleet-host.ts';

/** Compares two hosts: the one that needs attention more comes first, then the one with more bad programs, then by name. */
export function byUrgency(one: FleetHost, other: FleetHost): number {
  return (
    urgency(other) - urgency(one) ||
    (badPrograms(other) ?? 0) - (badPrograms(one) ?? 0) ||
    compareNames(one.host, other.host) ||
    compareNames(one.site, other.site)
  );
}

/** Compares names as people count: `web-2` before `web-10`. */
function compareNames(one: string, other: string): number {
  return COLLATOR.compare(one, other);
}

const COLLATOR = new Intl.Collator('en', { numeric: true });
