import { lookup, reverse } from 'node:dns/promises';
import { within } from '../../base/within.ts';
import { normalizeAddress } from '../../base/host-pattern.ts';

const CACHE_MS = 60_000;
const LOOKUP_TIMEOUT_MS = 1_000;
const MAX_ADDRESSES = 1_000;

type NamesOf = (address: string) => Promise<readonly string[]>;

/**
 * Returns a function that looks up the names of an address. The owner of an address controls its reverse lookup, so a
 * name counts only if it resolves to that address. Results are cached for a minute; a lookup that takes longer than 1 s
 * yields no names.
 * @param now monotonic time in ms
 */
export function createHostNames(now: () => number): NamesOf {
  const known = new Map<string, { readonly atMs: number; readonly names: Promise<readonly string[]> }>();
  return (address) => {
    const cached = known.get(address);
    if (cached !== undefined && now() - cached.atMs < CACHE_MS) return cached.names;
    known.delete(address);
    const [oldest] = known.keys();
    if (known.size >= MAX_ADDRESSES && oldest !== undefined) known.delete(oldest);
    const names = within(LOOKUP_TIMEOUT_MS, confirmedNames(address), []);
    known.set(address, { atMs: now(), names });
    return names;
  };
}

async function confirmedNames(address: string): Promise<readonly string[]> {
  const names = await reverse(address).catch(() => []);
  const confirmed = await Promise.all(names.map(async (name) => ((await resolvesTo(name, address)) ? [name] : [])));
  return confirmed.flat();
}

async function resolvesTo(name: string, address: string): Promise<boolean> {
  const found = await lookup(name, { all: true }).catch(() => []);
  return found.some((each) => normalizeAddress(each.address) === address);
}
