import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { jetstream } from '@nats-io/jetstream';
import { expect, test } from 'vitest';
import { CLOCK_SUBJECT, HubTime } from '../../../src/fleet/bus/hub-time.ts';
import { readJoinLine, writeJoinLine } from '../../../src/fleet/bus/join-line.ts';
import { redeemInvitation } from '../../../src/fleet/bus/join-request.ts';
import type { Bus, BusStatus } from '../../../src/fleet/bus/connect-bus.ts';
import type { KeptKind } from '../../../src/fleet/contract/kept.ts';
import { connectKeeper, pushAccount } from '../../../src/fleet/hub/admin-connection.ts';
import { createAuthority, createServerCertificate } from '../../../src/fleet/hub/certificates.ts';
import { changeHub } from '../../../src/fleet/hub/hub-file.ts';
import { invite, keysOf, revoke } from '../../../src/fleet/hub/invite.ts';
import { writeServerConfig } from '../../../src/fleet/hub/server-config.ts';
import { readKept } from '../../../src/fleet/operator/read-kept.ts';
import { NatsHub } from '../../support/nats-hub.ts';
import { waitFor } from '../../support/wait-for.ts';

function inviteHost(hub: NatsHub, name: string, validMs = 60_000, replaces = false): Promise<string> {
  const request = { role: 'host', name, site: 'eu', verbs: [], labels: { role: 'web' }, invitedBy: 'test' } as const;
  return changeHub(hub.stateDir, async (content) => {
    const invited = await invite(content, { ...request, nowMs: Date.now(), validMs, replaces });
    return [invited.hub, invited.line];
  });
}

/** Revokes the credentials of a member on the running server. */
async function fence(hub: NatsHub, name: string): Promise<void> {
  const content = await changeHub(hub.stateDir, (before) => {
    const member = before.members.find((it) => it.name === name);
    if (member === undefined) throw new Error(`no member "${name}"`);
    const after = revoke(before, keysOf(member), Date.now());
    return Promise.resolve([after, after] as const);
  });
  await pushAccount(content, await writeServerConfig(hub.stateDir, content));
}

/** Whether a connection to a port of this machine is established. */
function isConnectedTo(port: number): boolean {
  const remote = `:${port.toString(16).toUpperCase().padStart(4, '0')} 01 `;
  return readFileSync('/proc/net/tcp', 'utf8').includes(remote);
}

test('an invitation is exchanged for a credential with a key of its own, once', async () => {
  await using hub = await NatsHub.start({ hasKeeper: true });
  const line = await inviteHost(hub, 'web-01');
  const credential = await redeemInvitation(readJoinLine(line), 'box-1');
  expect(credential).toMatchObject({ role: 'host', name: 'web-01', site: 'eu' });
  expect(credential.seed).not.toBe(readJoinLine(line).seed);
  const bus = await hub.connect(credential);
  bus.nats.publish('healer.v1.eu.web-01.row', '{}');
  await bus.nats.flush();

  await expect(redeemInvitation(readJoinLine(line), 'box-2')).rejects.toThrow(
    /"web-01" was already used at .* on box-1; an invitation works once/,
  );
});

test('an invitation that arrives before healer is connected on the hub is exchanged once it is', async () => {
  await using hub = await NatsHub.start();
  const credential = redeemInvitation(readJoinLine(await inviteHost(hub, 'web-01')), 'box-1');
  await waitFor(() => isConnectedTo(hub.port), 'the host to connect');
  await hub.startKeeper();
  expect(await credential).toMatchObject({ role: 'host', name: 'web-01' });
});

test('an invitation that is not used in time stops working, whatever the clock of the host says', async () => {
  await using hub = await NatsHub.start({ hasKeeper: true });
  const invitation = readJoinLine(await inviteHost(hub, 'web-01', 1000));
  const late = { ...invitation, expiresAtMs: Date.now() + 3_600_000 };
  await waitFor(() => Date.now() > invitation.expiresAtMs + 1000, 'the invitation to expire');
  await expect(redeemInvitation(invitation, 'box')).rejects.toThrow(/expired at .* healer fleet invite web-01/);
  await expect(redeemInvitation(late, 'box')).rejects.toThrow(/refused the credential of "web-01"/);
});

test('a host that has joined is not invited again by accident', async () => {
  await using hub = await NatsHub.start({ hasKeeper: true });
  await redeemInvitation(readJoinLine(await inviteHost(hub, 'web-01')), 'box-1');
  await expect(inviteHost(hub, 'web-01')).rejects.toThrow(
    /joined at .* on box-1; .* healer fleet invite web-01 --replace/,
  );
  const again = await redeemInvitation(readJoinLine(await inviteHost(hub, 'web-01', 60_000, true)), 'box-2');
  await hub.connect(again);
});

test('a damaged invitation is refused with the next step', async () => {
  await using hub = await NatsHub.start();
  const line = await inviteHost(hub, 'web-01');
  expect(readJoinLine(`  ${line.slice(0, 40)}\n${line.slice(40)}\n`)).toEqual(readJoinLine(line));
  for (const damaged of [line.slice(0, -20), line.replace('healer-join-1', 'healer'), '', `${line}x`.slice(0, 60)]) {
    expect(() => readJoinLine(damaged)).toThrow(/not an invitation: .* copy the whole line/);
  }
  expect(Buffer.byteLength(line)).toBeLessThan(2000);
  expect(writeJoinLine(readJoinLine(line))).toBe(line);
});

test('a revoked credential is cut off within a second, cannot come back, and stays revoked when the server loses its files', async () => {
  await using hub = await NatsHub.start();
  const credential = await hub.credential('host', 'web-01', { site: 'eu' });
  const other = await hub.connect(await hub.credential('host', 'web-02', { site: 'eu' }));
  const statuses: BusStatus[] = [];
  const bus = await hub.connect(credential, { onStatus: (status) => statuses.push(status) });
  const pid = hub.serverPid;

  await fence(hub, 'web-01');
  const revokedAt = performance.now();
  await waitFor(() => statuses.some(({ is }) => is !== 'connected'), 'the host to be disconnected');
  expect(performance.now() - revokedAt).toBeLessThan(1000);
  expect(hub.serverPid).toBe(pid);
  await bus.close();
  await expect(hub.connect(credential)).rejects.toThrow(/refused the credential of "web-01"/);
  await other.nats.flush();

  await hub.stopServer('SIGKILL');
  hub.wipeStore();
  await hub.startServer();
  await expect(hub.connect(credential)).rejects.toThrow(/refused the credential of "web-01"/);
});

/** Returns what the hub keeps about a host of the site eu, as it was published; null if it keeps nothing. */
async function keptBy(person: Bus, kind: KeptKind, host: string): Promise<string | null> {
  let text: string | null = null;
  await readKept(person, { kind, site: 'eu', host }, ({ data }) => {
    text = Buffer.from(data).toString();
  });
  return text;
}

test('hosts come back to a server that was killed and lost its store, and the streams are created again', async () => {
  await using hub = await NatsHub.start({ hasKeeper: true });
  const host = await hub.connect(await hub.credential('host', 'web-01', { site: 'eu' }), { keepsTrying: true });
  await inviteHost(hub, 'db-01');
  await hub.stopServer('SIGKILL');
  hub.wipeStore();
  await hub.startServer();
  const viewer = await hub.connect(await hub.credential('viewer', 'vera'));
  await waitFor(async () => {
    host.nats.publish('healer.v1.eu.web-01.row', 'again');
    return (await keptBy(viewer, 'rows', 'web-01')) === 'again';
  }, 'the row in the new stream');
  const entry = await waitFor(() => keptBy(viewer, 'hosts', 'db-01'), 'the entry of an invited host');
  expect(JSON.parse(entry)).toMatchObject({ labels: { role: 'web' }, invitedBy: 'test' });
});

test('the hub follows a change that no command could apply', async () => {
  await using hub = await NatsHub.start({ hasKeeper: true });
  const viewer = await hub.connect(await hub.credential('viewer', 'vera'));
  await inviteHost(hub, 'db-01');
  const entry = await waitFor(() => keptBy(viewer, 'hosts', 'db-01'), 'the entry of the invited host');
  expect(JSON.parse(entry)).toMatchObject({ labels: { role: 'web' } });
  await changeHub(hub.stateDir, (before) => {
    const members = before.members.filter(({ name }) => name !== 'db-01');
    return Promise.resolve([{ ...before, members }, null]);
  });
  await waitFor(async () => (await keptBy(viewer, 'hosts', 'db-01')) !== entry, 'the removal of the entry');
});

test('each side learns how far its clock is off', async () => {
  await using hub = await NatsHub.start({ hasKeeper: true });
  const bus = await hub.connect(await hub.credential('host', 'web-01', { site: 'eu' }));
  const behind = new HubTime(bus, { now: () => Date.now() - 90_000 });
  const reading = await behind.measure();
  expect(Math.abs((reading?.offsetMs ?? 0) - 90_000)).toBeLessThan(1000);
  expect(Math.abs(behind.now() - Date.now())).toBeLessThan(1000);
  await hub.stopKeeper();
  expect(await behind.measure()).toBeNull();
  expect(Math.abs(behind.now() - Date.now())).toBeLessThan(1000);
});

test('clocks are compared again after a vague reading', async () => {
  await using hub = await NatsHub.start();
  const keeper = await connectKeeper(hub.content);
  let asked = 0;
  // The first answer arrives long after the time that it gives.
  keeper.nats.subscribe(CLOCK_SUBJECT, {
    callback: (_error, message) => {
      const now = String(Date.now());
      asked += 1;
      if (asked === 1) setTimeout(() => message.respond(now), 1200);
      else message.respond(now);
    },
  });
  await keeper.nats.flush();
  const bus = await hub.connect(await hub.credential('host', 'web-01', { site: 'eu' }));
  const reading = await new HubTime(bus).measure();
  expect(asked).toBeGreaterThan(1);
  // Both clocks are that of this machine; a few ms are for rounding.
  expect(Math.abs(reading?.offsetMs ?? Infinity)).toBeLessThan((reading?.uncertaintyMs ?? 0) + 5);
  await keeper.close();
});

test('rows of hosts are not acknowledged: the acknowledgment could be sent to the subject of another host', async () => {
  await using hub = await NatsHub.start();
  const viewer = await hub.connect(await hub.credential('viewer', 'vera'));
  const victim: string[] = [];
  viewer.nats.subscribe('healer.v1.eu.web-02.row', {
    callback: (_error, message) => void victim.push(message.string()),
  });
  await viewer.nats.flush();
  const liar = await hub.connect(await hub.credential('host', 'web-01', { site: 'eu' }));
  for (const kind of ['row', 'facts', 'ev']) {
    liar.nats.publish(`healer.v1.eu.web-01.${kind}`, '{}', { reply: 'healer.v1.eu.web-02.row' });
  }
  await liar.nats.flush();
  expect(await keptBy(viewer, 'facts', 'web-01')).toBe('{}');
  expect(victim).toEqual([]);
});

test('connects over TLS only to the hub that the invitation names', async () => {
  await using hub = await NatsHub.start({ hasTls: true });
  const credential = await hub.credential('admin', 'ada');
  const bus = await hub.connect(credential);
  await jetstream(bus.nats).jetstreamManager(false);
  const stranger = { ...credential, ca: createAuthority('another').certificate };
  await expect(hub.connect(stranger)).rejects.toThrow(/another certificate than the one in the invitation/);
  await expect(hub.connect({ ...credential, ca: null })).rejects.toThrow(/cannot reach the hub/);
});

test('certificates name addresses and host names, and are signed by the authority', () => {
  const authority = createAuthority('fleet');
  const hosts = ['10.0.0.1', 'hub.example.com', '::1', 'fe80::1:2', '2001:db8::'];
  const { certificate } = createServerCertificate(authority, 'fleet', hosts);
  const [own, signer] = [new X509Certificate(certificate), new X509Certificate(authority.certificate)];
  expect(own.checkIssued(signer)).toBe(true);
  expect(own.verify(signer.publicKey)).toBe(true);
  expect(signer.ca).toBe(true);
  expect(own.ca).toBe(false);
  for (const address of hosts.filter((host) => host !== 'hub.example.com')) expect(own.checkIP(address)).toBeDefined();
  expect(own.checkHost('hub.example.com')).toBe('hub.example.com');
  expect(own.checkHost('other.example.com')).toBeUndefined();
});
