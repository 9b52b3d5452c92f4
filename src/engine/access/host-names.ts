import { lookup, reverse } from 'node:dns/promises';
import { normalizeAddress } from '../../base/host-pattern.ts';

const KEPT_MS = 60_000;
const PATIENCE_MS = 1_000;
/** The oldest is forgotten beyond that. */
const MOST_ADDRESSES = 1_000;

type NamesOf = (address: string) => Promise<readonly string[]>;

/**
 * Names of hosts, by their addresses. Whoever owns an address may call it what he likes, so only a name counts that
 * leads back to it. An answer is kept for a minute; none in time is none.
 */
export function createHostNames(now: () => number): NamesOf {
  const known = new Map<string, { readonly atMs: number; readonly names: Promise<readonly string[]> }>();
  return (address) => {
    const before = known.get(address);
    if (before !== undefined && now() - before.atMs < KEPT_MS) return before.names;
    known.delete(address);
    const [oldest] = known.keys();
    if (known.size >= MOST_ADDRESSES && oldest !== undefined) known.delete(oldest);
    const names = inTime(confirmedNames(address));
    known.set(address, { atMs: now(), names });
    return names;
  };
}

async function confirmedNames(address: string): Promise<readonly string[]> {
  const names = await reverse(address).catch(() => []);
  const confirmed = await Promise.all(names.map(async (name) => ((await leadsTo(name, address)) ? [name] : [])));
  return confirmed.flat();
}

async function leadsTo(name: string, address: string): Promise<boolean> {
  const found = await lookup(name, { all: true }).catch(() => []);
  return found.some((each) => normalizeAddress(each.address) === address);
}

async function inTime(names: Promise<readonly string[]>): Promise<readonly string[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly string[]>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, []);
  });
  try {
    return await Promise.race([names, late]);
  } finally {
    clearTimeout(timer);
  }
}
