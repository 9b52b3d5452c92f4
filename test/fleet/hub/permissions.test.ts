import { errors, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bus } from '../../../src/fleet/bus/connect-bus.ts';
import { publicKeyOf } from '../../../src/fleet/bus/hub-time.ts';
import { readJoinLine } from '../../../src/fleet/bus/join-line.ts';
import { connectBus } from '../../../src/fleet/bus/connect-bus.ts';
import { connectKeeper } from '../../../src/fleet/hub/admin-connection.ts';
import { changeHub } from '../../../src/fleet/hub/hub-file.ts';
import { invite } from '../../../src/fleet/hub/invite.ts';
import { NatsHub } from '../../support/nats-hub.ts';

/** Every kind of credential. `eu` is limited to that site, `restarter` to two methods. */
const CALLERS = ['host', 'viewer', 'operator', 'eu', 'restarter', 'admin', 'invitation', 'keeper'] as const;
type CallerName = (typeof CALLERS)[number];

const PERSONS: readonly CallerName[] = ['viewer', 'operator', 'eu', 'restarter', 'admin'];
const OPERATORS: readonly CallerName[] = ['operator', 'eu', 'restarter', 'admin'];
const EVERYBODY = CALLERS;

type Row = readonly [subject: string, permitted: readonly CallerName[]];

/** <me> stands for the name of the caller. The host is web-01 of the site eu. */
const PUBLISH: readonly Row[] = [
  ['healer.v1.eu.web-01.row', ['host']],
  ['healer.v1.eu.web-01.facts', ['host']],
  ['healer.v1.eu.web-01.ev', ['host']],
  ['healer.v1.eu.web-01.live', ['host']],
  ['healer.v1.eu.web-02.row', []],
  ['healer.v1.us.web-01.row', []],
  ['healer.v1.eu.web-02.facts', []],
  ['healer.v1.eu.web-02.ev', []],
  ['healer.v1.eu.web-02.live', []],
  ['healer.v1.eu.web-01.rpc.read.list.<me>', PERSONS],
  ['healer.v1.us.db-01.rpc.read.subscribeSnapshot.<me>', PERSONS],
  ['healer.v1.eu.web-01.rpc.read.list.other', []],
  ['healer.v1.eu.web-01.rpc.operate.restart.<me>', OPERATORS],
  ['healer.v1.us.web-01.rpc.operate.restart.<me>', ['operator', 'restarter', 'admin']],
  ['healer.v1.eu.web-01.rpc.operate.holdAll.<me>', OPERATORS],
  ['healer.v1.eu.web-01.rpc.operate.kill.<me>', ['operator', 'eu', 'admin']],
  ['healer.v1.eu.web-01.rpc.operate.restart.other', []],
  ['healer.v1.eu.web-01.rpc.admin.remove.<me>', ['admin']],
  ['healer.v1.eu.web-01.rpc.admin.remove.other', []],
  ['healer.v1.audit.<me>', OPERATORS],
  ['healer.v1.audit.other', []],
  ['healer.v1.clock', ['host', ...PERSONS]],
  ['healer.v1.join.SOMEKEY', []],
  ['_INBOX.person.other.x', ['host', 'keeper']],
  ['_INBOX.host.eu.web-02.x', ['keeper']],
  ['healer.v1.kept.<me>', PERSONS],
  ['healer.v1.kept.other', []],
  ['$KV.healer_hosts.eu.web-01', ['keeper']],
  ['$KV.healer_ops.1', ['keeper']],
  ['$KV.healer_config.web', ['keeper']],
  ['$JS.API.INFO', ['keeper']],
  ['$JS.API.STREAM.INFO.HEALER_ROWS', ['keeper']],
  ['$JS.API.STREAM.INFO.HEALER_AUDIT', ['keeper']],
  ['$JS.API.CONSUMER.CREATE.HEALER_ROWS', ['keeper']],
  ['$JS.API.CONSUMER.CREATE.HEALER_ROWS.abc.healer.v1.>', ['keeper']],
  ['$JS.API.CONSUMER.MSG.NEXT.HEALER_EVENTS.abc', ['keeper']],
  ['$JS.API.CONSUMER.CREATE.HEALER_AUDIT.abc', ['keeper']],
  ['$JS.API.DIRECT.GET.HEALER_ROWS', ['keeper']],
  ['$JS.API.DIRECT.GET.HEALER_EVENTS.healer.v1.eu.web-02.ev', ['keeper']],
  ['$JS.API.STREAM.MSG.GET.HEALER_EVENTS', []],
  ['$JS.API.STREAM.MSG.DELETE.HEALER_EVENTS', []],
  ['$JS.API.STREAM.PURGE.HEALER_ROWS', ['keeper']],
  ['$JS.API.STREAM.DELETE.HEALER_ROWS', []],
  ['$JS.API.STREAM.CREATE.HEALER_ROWS', ['keeper']],
  ['$JS.API.STREAM.UPDATE.HEALER_ROWS', ['keeper']],
  ['$JS.API.STREAM.CREATE.OTHER', []],
  ['$JS.API.STREAM.RESTORE.HEALER_ROWS', []],
  ['$JS.API.STREAM.SNAPSHOT.HEALER_ROWS', []],
  ['$JS.API.ACCOUNT.PURGE.X', []],
  ['$SYS.REQ.CLAIMS.UPDATE', []],
  ['$SYS.REQ.SERVER.PING', []],
  ['other.subject', []],
];

const SUBSCRIBE: readonly Row[] = [
  ['healer.v1.eu.web-01.row', ['host', ...PERSONS]],
  ['healer.v1.eu.web-01.rpc.>', ['host']],
  ['healer.v1.eu.web-01.rpc.operate.restart.other', ['host']],
  ['healer.v1.eu.web-02.rpc.>', []],
  ['healer.v1.eu.web-02.row', PERSONS],
  ['healer.v1.*.*.row', PERSONS],
  ['healer.v1.*.*.live', PERSONS],
  ['healer.v1.*.*.ev', PERSONS],
  ['healer.v1.*.*.facts', PERSONS],
  ['healer.v1.*.*.rpc.>', []],
  ['healer.v1.>', []],
  ['healer.v1.audit.>', ['admin']],
  ['healer.v1.clock', ['keeper']],
  ['healer.v1.kept.*', ['keeper']],
  ['healer.v1.join.*', ['keeper']],
  ['_INBOX.person.<me>.>', PERSONS],
  ['_INBOX.person.other.>', []],
  ['_INBOX.host.eu.web-01.>', ['host']],
  ['_INBOX.host.eu.web-02.>', []],
  ['_INBOX.host.>', []],
  ['_INBOX.>', []],
  ['$KV.healer_hosts.>', PERSONS],
  ['$KV.healer_config.>', []],
  ['$SYS.>', []],
  ['>', []],
];

const names: Record<CallerName, string> = {
  ...{ host: 'web-01', viewer: 'vera', operator: 'otto', eu: 'eva', restarter: 'rita' },
  ...{ admin: 'ada', invitation: 'web-09', keeper: 'keeper' },
};

let hub: NatsHub;
const connections = new Map<CallerName, Bus>();

beforeAll(async () => {
  hub = await NatsHub.start();
  connections.set('host', await hub.connect(await hub.credential('host', 'web-01', { site: 'eu' })));
  connections.set('viewer', await hub.connect(await hub.credential('viewer', 'vera')));
  connections.set('operator', await hub.connect(await hub.credential('operator', 'otto')));
  connections.set('eu', await hub.connect(await hub.credential('operator', 'eva', { site: 'eu' })));
  const verbs = ['restart', 'holdAll'];
  connections.set('restarter', await hub.connect(await hub.credential('operator', 'rita', { verbs })));
  connections.set('admin', await hub.connect(await hub.credential('admin', 'ada')));
  connections.set('keeper', await connectKeeper(hub.content));
  connections.set('invitation', await connectInvitation());
});

afterAll(async () => {
  await Promise.all([...connections.values()].map((bus) => bus.close()));
  await hub[Symbol.asyncDispose]();
});

async function connectInvitation(): Promise<Bus> {
  const request = { role: 'host', name: 'web-09', site: 'eu', verbs: [], labels: {}, invitedBy: 'test' } as const;
  const line = await changeHub(hub.stateDir, async (content) => {
    const invited = await invite(content, { ...request, nowMs: Date.now(), validMs: 60_000, replaces: false });
    return [invited.hub, invited.line];
  });
  const invitation = readJoinLine(line);
  return connectBus(invitation, { clientName: 'test', inbox: `_INBOX.join.${publicKeyOf(invitation.jwt)}` });
}

function connectionOf(caller: CallerName): NatsConnection {
  const bus = connections.get(caller);
  if (bus === undefined) throw new Error(`no connection of ${caller}`);
  return bus.nats;
}

/** Performs `act`, and returns whether the server refused it. */
async function isRefused(nats: NatsConnection, act: () => void): Promise<boolean> {
  let refused = false;
  const statuses = nats.status()[Symbol.asyncIterator]() as AsyncIterator<{ type: string; error?: Error }>;
  const watching = (async () => {
    for (;;) {
      const { value, done } = await statuses.next();
      if (done === true) return;
      if (value.type === 'error' && value.error instanceof errors.PermissionViolationError) refused = true;
    }
  })();
  act();
  // The server reports a violation before it answers the ping.
  await nats.flush();
  await Promise.race([watching, new Promise((resolve) => setImmediate(resolve))]);
  return refused;
}

function fill(subject: string, caller: CallerName): string {
  return subject.replace('<me>', names[caller]);
}

function permittedList(results: readonly (readonly [CallerName, boolean])[]): string {
  return results
    .filter(([, refused]) => !refused)
    .map(([caller]) => caller)
    .join(' ');
}

function inOrder(callers: readonly CallerName[]): string {
  return EVERYBODY.filter((caller) => callers.includes(caller)).join(' ');
}

describe('the server permits to publish', () => {
  test.each(PUBLISH)('%s', async (subject, permitted) => {
    const results: [CallerName, boolean][] = [];
    for (const caller of EVERYBODY) {
      const nats = connectionOf(caller);
      results.push([caller, await isRefused(nats, () => nats.publish(fill(subject, caller)))]);
    }
    expect(permittedList(results)).toBe(inOrder(permitted));
  });
});

describe('the server permits to subscribe to', () => {
  test.each(SUBSCRIBE)('%s', async (subject, permitted) => {
    const results: [CallerName, boolean][] = [];
    for (const caller of EVERYBODY) {
      const nats = connectionOf(caller);
      const ignore = (): void => undefined;
      let stop = ignore;
      const refused = await isRefused(nats, () => {
        const subscription = nats.subscribe(fill(subject, caller), { callback: ignore });
        stop = () => subscription.unsubscribe();
      });
      stop();
      results.push([caller, refused]);
    }
    expect(permittedList(results)).toBe(inOrder(permitted));
  });
});
