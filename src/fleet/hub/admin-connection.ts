import { Kvm } from '@nats-io/kv';
import { HealerError } from '../../protocol/errors.ts';
import { type Bus, connectBus } from '../bus/connect-bus.ts';
import { hostKey, parseHostKey } from '../contract/names.ts';
import type { Sender } from '../contract/read-row.ts';
import { BUCKETS, hostSubject, STREAMS } from '../contract/subjects.ts';
import { writeHostEntry } from '../contract/facts.ts';
import type { HubContent, Member } from './hub-file.ts';
import { serverOf } from './invite.ts';
import { ownCredential, signAccounts, type SignedAccounts, systemCredential } from './issue.ts';

const UPDATE_MS = 5_000;
/** Entries that are written at the same time: a thousand hosts may be invited at once. */
const AT_ONCE = 64;

/** Connects to the hub with the rights of its own agent, with a credential that is made for this connection. @throws HealerError */
export async function connectKeeper(hub: HubContent, keepsTrying = false): Promise<Bus> {
  const own = await ownCredential(hub, 'keeper', 'keeper');
  const credential = { role: 'admin', name: 'keeper', site: '*', ...serverOf(hub), ...own } as const;
  return connectBus(credential, { clientName: 'healer-keeper', inbox: '_INBOX.keeper', keepsTrying });
}

/**
 * Replaces the account of the fleet on the running server: revoked keys are disconnected at once, and permissions of another
 * version of healer take effect.
 * @param accounts what `signAccounts` returned, if it is at hand
 * @throws HealerError IO_ERROR if the hub does not run, or refuses the account
 */
export async function pushAccount(hub: HubContent, accounts?: SignedAccounts): Promise<void> {
  const system = await systemCredential(hub);
  const credential = { role: 'admin', name: 'system', site: '*', ...serverOf(hub), ...system } as const;
  const bus = await connectBus(credential, { clientName: 'healer-hub', inbox: '_INBOX.system' });
  try {
    const { fleet } = accounts ?? (await signAccounts(hub));
    const answer = await bus.nats.request('$SYS.REQ.CLAIMS.UPDATE', fleet, { timeout: UPDATE_MS });
    const { error } = answer.json<{ error?: { description?: string } }>();
    if (error === undefined) return;
    throw new HealerError('IO_ERROR', `the hub refused its new accounts: ${error.description ?? 'no reason given'}`);
  } finally {
    await bus.close();
  }
}

/** Makes the bucket of hosts list the invited hosts with their labels, and removes what the hub keeps about forgotten ones. */
export async function publishHosts(bus: Bus, { members }: HubContent): Promise<void> {
  const bucket = await new Kvm(bus.nats).open(BUCKETS.hosts, { allow_direct: true });
  const wanted = new Map(members.filter(({ role }) => role === 'host').map((it) => [hostKey(it.site, it.name), it]));
  const present = new Set<string>();
  for await (const key of await bucket.keys()) present.add(key);
  for (const key of present) {
    const forgotten = wanted.has(key) ? null : parseHostKey(key);
    if (forgotten === null) continue;
    await bucket.purge(key);
    await purgeHost(bus, forgotten);
  }
  const waiting = [...wanted];
  const work = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const [key, member] = next;
      const entry = writeHostEntry(entryOf(member));
      const stored = present.has(key) ? await bucket.get(key) : null;
      if (stored?.string() !== entry) await bucket.put(key, entry);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/** Returns a text that changes whenever the running server has to follow a change of the hub. */
export function followedBy({ members, revoked }: HubContent): string {
  const entries = members.map((member) => (member.role === 'host' ? writeHostEntry(entryOf(member)) : null));
  return JSON.stringify([entries, revoked]);
}

function entryOf({ site, name, labels, invitedAtMs, invitedBy, fencedAtMs }: Member) {
  return { site, host: name, labels, invitedAt: invitedAtMs, invitedBy, fencedAt: fencedAtMs };
}

/** Removes what the hub keeps about a host. */
export async function purgeHost({ nats }: Bus, { site, host }: Sender): Promise<void> {
  for (const [stream, kind] of [
    [STREAMS.rows, 'row'],
    [STREAMS.facts, 'facts'],
    [STREAMS.events, 'ev'],
  ] as const) {
    const filter = JSON.stringify({ filter: hostSubject(site, host, kind) });
    await nats.request(`$JS.API.STREAM.PURGE.${stream}`, filter, { timeout: UPDATE_MS });
  }
}
