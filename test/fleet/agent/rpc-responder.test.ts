import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CommandLedger } from '../../../src/fleet/agent/command-ledger.ts';
import { METHODS } from '../../../src/protocol/methods/methods.ts';
import { accessOf } from '../../../src/protocol/methods/method-access.ts';
import { programRow } from '../../support/program-row.ts';
import { FleetHostRoom, WEB } from '../../support/fleet-host-room.ts';
import { waitFor } from '../../support/wait-for.ts';

let room: FleetHostRoom;

beforeAll(async () => {
  room = await FleetHostRoom.open();
});

beforeEach(() => {
  room.engine.configure({ api: { requestsPerSecond: 100_000 } });
  room.engine.fake.putRow('web', { state: 'running' });
  room.engine.fake.calls.length = 0;
  room.isColliding = false;
});

afterAll(async () => {
  await room[Symbol.asyncDispose]();
});

test('the access of each method is the one in the table of methods', () => {
  const names = Object.keys(METHODS) as (keyof typeof METHODS)[];
  expect(names.map((name) => [name, accessOf(name)])).toEqual(names.map((name) => [name, METHODS[name].access]));
});

describe('a request over the bus', () => {
  test('reads and changes as the engine permits', async () => {
    const caller = await room.caller();
    expect(await caller.call(WEB, 'status', {})).toMatchObject({ result: { instance: 'default' } });
    await caller.call(WEB, 'restart', { id: 'web' });
    expect(room.calls('restart')).toHaveLength(1);
    await expect(caller.call(WEB, 'shutdown', {})).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(caller.call(WEB, 'frobnicate', {})).rejects.toMatchObject({ code: 'INVALID_STATE' });
    await expect(caller.call(WEB, 'restart', { id: 7 })).rejects.toMatchObject({ code: 'INVALID_CONFIG' });
  });

  test.each(['kill', 'restart', 'add', 'shutdown', 'changeSetting'])(
    'cannot call "%s" as if it only read',
    async (method) => {
      const { error } = await room.send({ access: 'read', method, params: { id: 'web' } });
      expect(error?.data?.code).toBe('FORBIDDEN');
      expect(room.engine.fake.calls).toEqual([]);
    },
  );

  test('of the access "operate" cannot administer, even if the caller is trusted', async () => {
    room.engine.configure({ fleet: { allow: 'admin', trust: ['ann'] } });
    const params = { key: 'healing', value: null };
    expect((await room.send({ access: 'operate', method: 'changeSetting', params })).error?.data?.code).toBe(
      'FORBIDDEN',
    );
    expect(await room.send({ access: 'admin', method: 'changeSetting', params })).toHaveProperty('result');
  });

  test('has more than one page if the list is longer than the bus carries', async () => {
    const many = Array.from({ length: 900 }, (_, index) =>
      programRow({ id: `p-${String(index).padStart(4, '0')}`, why: 'x'.repeat(900) }),
    );
    const before = room.engine.fake.answerTo;
    room.engine.fake.answerTo = (method, params) => {
      const { afterId = '', limit } = params as { afterId?: string; limit: number };
      return method === 'list' ? many.filter(({ id }) => id > afterId).slice(0, limit) : before(method, params);
    };
    const answer = await room.send({ access: 'read', method: 'list' });
    expect(answer).toMatchObject({ cut: true });
    expect((answer.result as unknown[]).length).toBe(250);
    room.engine.fake.answerTo = (method) => (method === 'history' ? { text: 'x'.repeat(600_000) } : null);
    const large = await room.send({ access: 'read', method: 'history', params: { id: 'web' } });
    expect(large.error?.data?.code).toBe('TOO_LARGE');
    room.engine.fake.answerTo = before;
  });

  test('that is not JSON is answered with an error', async () => {
    const { data } = await room.nats.request('healer.v1.eu.web-01.rpc.read.status.ann', '{"half', { timeout: 5_000 });
    expect(new TextDecoder().decode(data)).toContain('must be JSON');
  });

  test('names the host and its version in errors', async () => {
    const { error } = await room.send({ method: 'restart', params: { id: 7 } });
    expect(error?.data).toMatchObject({ host: 'web-01', hostVersion: expect.any(String) });
  });
});

describe('a command', () => {
  test('that is late is not performed', async () => {
    const { error } = await room.send({ method: 'restart', params: { id: 'web' }, deadlineMs: -1 });
    expect(error).toMatchObject({ message: expect.stringMatching(/after its deadline/), data: { late: true } });
    expect(room.calls('restart')).toEqual([]);
  });

  test.each([
    ['an operation', { operation: null }],
    ['a UUID as its operation', { operation: 'again' }],
    ['a deadline', { deadlineMs: null }],
    ['a deadline that is near', { deadlineMs: 3_600_000 }],
  ])('needs %s', async (_what, request) => {
    const { error } = await room.send({ method: 'restart', params: { id: 'web' }, ...request });
    expect(error?.data?.code).toBe('INVALID_CONFIG');
    expect(room.calls('restart')).toEqual([]);
  });

  test('that is repeated gets the first answer, also after its deadline', async () => {
    const operation = randomUUID();
    let count = 0;
    const before = room.engine.fake.answerTo;
    room.engine.fake.answerTo = (method, params) =>
      method === 'restart' ? { count: (count += 1) } : before(method, params);
    const request = { method: 'restart', params: { id: 'web' }, operation };
    const together = await Promise.all([1, 2, 3].map(() => room.send(request)));
    expect(together.map(({ result }) => result)).toEqual([{ count: 1 }, { count: 1 }, { count: 1 }]);
    expect(await room.send({ ...request, deadlineMs: -5_000 })).toMatchObject({ result: { count: 1 } });
    const other = await room.send({ ...request, params: { id: 'db' } });
    expect(other.error?.message).toContain('was another request');
    expect((await room.send({ ...request, caller: 'bob' })).error?.message).toContain('was another request');
    expect(count).toBe(1);
    room.engine.fake.answerTo = before;
  });

  test('that takes long is answered with "pending", and its caller waits for the answer', async () => {
    let finish: (value: unknown) => void = () => undefined;
    const before = room.engine.fake.answerTo;
    room.engine.fake.answerTo = (method, params) =>
      method === 'stop' ? new Promise((resolve) => (finish = resolve)) : before(method, params);
    const operation = randomUUID();
    expect(await room.send({ method: 'stop', params: { id: 'web' }, operation })).toEqual({ pending: true });
    const caller = await room.caller();
    const answer = caller.call(WEB, 'stop', { id: 'web', timeoutMs: 1 });
    await waitFor(() => room.calls('stop').length === 2, 'the second command');
    const first = finish;
    await new Promise((resolve) => setTimeout(resolve, 900));
    first({ state: 'stopped' });
    expect(await answer).toMatchObject({ result: { state: 'stopped' } });
    expect(room.calls('stop')).toHaveLength(2);
    room.engine.fake.answerTo = before;
  });

  test('is refused while another machine uses the same credential, and reading is not', async () => {
    room.isColliding = true;
    expect((await room.send({ method: 'restart', params: { id: 'web' } })).error?.data?.code).toBe('HOST_COLLISION');
    expect(await room.send({ access: 'read', method: 'status' })).toHaveProperty('result');
    expect(room.calls('restart')).toEqual([]);
  });

  test('is on disk before it begins, and its answer before it is sent', async () => {
    const operation = randomUUID();
    let atStart = '';
    const before = room.engine.fake.answerTo;
    room.engine.fake.answerTo = (method) => {
      if (method === 'restart') atStart = readFileSync(room.ledgerFile, 'utf8');
      return { id: 'web' };
    };
    await room.send({ method: 'restart', params: { id: 'web' }, operation });
    room.engine.fake.answerTo = before;
    expect(atStart).toContain(operation);
    const known = new CommandLedger(room.ledgerFile).find(operation);
    expect(known).toMatchObject({ isFromBefore: true, answer: '{"result":{"id":"web"}}' });
  });

  test('that cannot be recorded is not performed', async () => {
    const { responder } = room;
    await responder.close();
    const spoiled = await FleetHostRoom.open();
    mkdirSync(spoiled.ledgerFile, { recursive: true });
    const { error } = await spoiled.send({ method: 'restart', params: { id: 'web' } });
    expect(error?.data?.code).toBe('IO_ERROR');
    expect(spoiled.calls('restart')).toEqual([]);
    await spoiled[Symbol.asyncDispose]();
    room.responder = room.respond(await room.bus.connect());
  });
});

describe('the ledger', () => {
  const file = (): string => `${room.folder}/ledger-${randomUUID()}`;
  const command = (operation: string, deadline = 0) => ({ operation, request: 'restart ann x', deadline });

  test('keeps the last thousand commands, and those whose deadline has not passed', async () => {
    const path = file();
    const ledger = new CommandLedger(path);
    await ledger.begin(command('early', 5_000), 0);
    await ledger.end('early', '{}');
    for (let index = 0; index < 2_600; index++) {
      const begun = ledger.begin(command(`op-${String(index)}`, 100), 1_000);
      if (index % 100 === 0) await begun;
      void ledger.end(`op-${String(index)}`, '{"result":1}');
    }
    await ledger.begin(command('last', 100), 1_000);
    expect(ledger.size).toBeLessThanOrEqual(1_001);
    expect(ledger.find('early')).toMatchObject({ answer: '{}' });
    expect(ledger.find('op-0')).toBeNull();
    await ledger.close();
    const next = new CommandLedger(path);
    expect(next.find('op-2599')).toMatchObject({ answer: '{"result":1}' });
    expect(next.find('last')).toMatchObject({ answer: null, isFromBefore: true });
  });

  test('is read up to a line that was cut off, and continues behind it', async () => {
    const path = file();
    const ledger = new CommandLedger(path);
    await ledger.begin(command('one'), 0);
    await ledger.close();
    appendFileSync(path, '{"operation":"two","requ');
    const next = new CommandLedger(path);
    expect(next.find('two')).toBeNull();
    await next.begin(command('three'), 0);
    await next.close();
    const last = new CommandLedger(path);
    expect([last.find('one'), last.find('three')]).toMatchObject([{ answer: null }, { answer: null }]);
  });
});
