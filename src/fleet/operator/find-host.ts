import { formatDuration } from '../../base/duration.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { Bus } from '../bus/connect-bus.ts';
import { KEPT_KINDS } from '../contract/kept.ts';
import { HOST_FORM, isHostName, isSiteName, parseHostKey } from '../contract/names.ts';
import type { NamedHost } from '../contract/outcomes.ts';
import { ANY, BUCKETS, parseSubject } from '../contract/subjects.ts';
import { readKept } from './read-kept.ts';

type KeptSource = Pick<Bus, 'nats' | 'credential'>;

/** A host as a person writes it: `web-01`, or `eu/web-01` if several sites have one of this name. */
export interface WantedHost {
  readonly site: string | null;
  readonly host: string;
}

/** Parses the name of a host. @throws HealerError INVALID_CONFIG */
export function parseWantedHost(text: string): WantedHost {
  const [first = '', second, ...rest] = text.split('/');
  const wanted = second === undefined ? { site: null, host: first } : { site: first, host: second };
  const isValid = isHostName(wanted.host) && (wanted.site === null || isSiteName(wanted.site)) && rest.length === 0;
  if (isValid) return wanted;
  throw new HealerError(
    'INVALID_CONFIG',
    `"${text}" is not a host of a fleet: ${HOST_FORM}, or by its site, as in eu/web-01`,
  );
}

/** Returns the site of a host. @throws HealerError NOT_FOUND, or INVALID_CONFIG if several sites have it */
export async function findHost(bus: KeptSource, { site, host }: WantedHost): Promise<NamedHost> {
  if (site !== null) return { site, host };
  const sites = await sitesOf(bus, host);
  const [first, ...others] = [...sites].sort();
  if (first === undefined) {
    const message = `no host of the fleet is called "${host}"; "healer fleet ls" lists all hosts`;
    throw new HealerError('NOT_FOUND', message, { host });
  }
  if (others.length === 0) return { site: first, host };
  const names = [first, ...others].map((each) => `"fleet:${each}/${host}"`).join(' or ');
  throw new HealerError('INVALID_CONFIG', `several sites have a host "${host}": write ${names}`, { host });
}

async function sitesOf(bus: KeptSource, host: string): Promise<ReadonlySet<string>> {
  const sites = new Set<string>();
  const note = (subject: string): void => {
    const parsed = subject.startsWith(KEYS) ? parseHostKey(subject.slice(KEYS.length)) : parseSubject(subject);
    if (parsed !== null) sites.add(parsed.site);
  };
  for (const kind of KEPT_KINDS) {
    // A stream that is missing or forbidden says nothing about the host.
    await readKept(bus, { kind, site: ANY, host }, (message) => {
      if (!message.isRemoval) note(message.subject);
    }).catch(() => undefined);
    if (sites.size > 0) return sites;
  }
  return sites;
}

const KEYS = `$KV.${BUCKETS.hosts}.`;

/** Returns since when a host is away, as in "away for 2m"; null if it was never there. */
export async function absenceOf(bus: KeptSource, { site, host }: NamedHost): Promise<string | null> {
  const found: { ageMs: number; isBye: boolean }[] = [];
  await readKept(bus, { kind: 'rows', site, host }, ({ data, ageMs }) => {
    found.push({ ageMs, isBye: Buffer.from(data).includes('"bye":true') });
  }).catch(() => undefined);
  const [row] = found;
  if (row === undefined) return null;
  return `${row.isBye ? 'shut down' : 'lost'} (last seen ${formatDuration(row.ageMs)} ago)`;
}
