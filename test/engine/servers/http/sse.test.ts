import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WIRE_LIMITS } from '../../../../src/protocol/wire-limits.ts';
import { ApiRoom } from '../../../support/api-room.ts';
import { batchOf, logLine } from '../../../support/fake-served-engine.ts';
import { waitFor } from '../../../support/wait-for.ts';

let room: ApiRoom;
const open = new Set<ClientRequest>();

beforeEach(async () => {
  room = await ApiRoom.open();
  room.fake.putRow('web');
});

afterEach(async () => {
  for (const each of open) each.destroy();
  open.clear();
  await room[Symbol.asyncDispose]();
});

interface Reader {
  readonly messages: () => {
    readonly id?: string;
    readonly event?: string;
    readonly data: Readonly<Record<string, unknown>>;
  }[];
  readonly text: () => string;
  readonly response: IncomingMessage;
  close(): void;
}

const agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY });

function follow(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Reader> {
  return new Promise((resolve, reject) => {
    const sent = request({ port: room.server.port, host: '127.0.0.1', path, headers, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('error', () => undefined);
      resolve({ messages: () => messagesIn(text), text: () => text, response, close: () => sent.destroy() });
    });
    open.add(sent);
    sent.once('error', reject).end();
  });
}

function messagesIn(text: string) {
  return text
    .split('\n\n')
    .slice(0, -1)
    .filter((message) => /^data:/m.test(message))
    .map((message) => {
      const fields = Object.fromEntries(message.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2)));
      return { ...fields, data: JSON.parse(fields.data) };
    });
}

describe('streams of server-sent events', () => {
  test('events carry their sequence numbers, and resume after the last one that was received', async () => {
    room.fake.putEvents(3);
    const fresh = await follow('/events');
    expect(fresh.response.headers['content-type']).toMatch(/^text\/event-stream/);
    await waitFor(() => room.fake.watchers === 1, 'the subscription');
    room.fake.putEvents(1);
    await waitFor(() => fresh.messages().length === 1, 'the new event');
    expect(fresh.messages()[0]).toMatchObject({ id: '4', data: { seq: 4 } });
    const resumed = await follow('/events', { 'Last-Event-ID': '2' });
    await waitFor(() => resumed.messages().length === 2, 'the missed events');
    expect(resumed.messages().map(({ data }) => data['seq'])).toEqual([3, 4]);
    const all = await follow('/events?afterSeq=0');
    await waitFor(() => all.messages().length === 4, 'all events');
  });

  test('a stream of events begins with the id to resume from, before there is an event', async () => {
    room.fake.putEvents(3);
    const reader = await follow('/events');
    await waitFor(() => reader.text() === 'id: 3\n\n', 'the first id');
    reader.close();
    room.fake.putEvents(2);
    const again = await follow('/events', { 'last-event-id': '3' });
    await waitFor(() => again.messages().length === 2, 'the events of the meantime');
    expect(again.messages().map(({ id }) => id)).toEqual(['4', '5']);
  });

  test('if the engine has lost its history, the stream starts from the beginning', async () => {
    room.fake.putEvents(2);
    const resumed = await follow('/events', { 'Last-Event-ID': '900' });
    await waitFor(() => resumed.messages().length === 2, 'the events of the new history');
  });

  test('a log is followed from a cursor', async () => {
    const reader = await follow('/processes/web/logs?follow', { 'Last-Event-ID': 'a.b:0:7' });
    await waitFor(() => room.fake.follows.length === 1, 'the follower');
    await room.fake.follows[0]?.onBatch(batchOf(logLine('hello')));
    await waitFor(() => reader.messages().length === 1, 'the line');
    expect(reader.messages()[0]).toMatchObject({ id: 'a.b:0:1', data: { lines: [{ text: 'hello' }], skipped: 0 } });
    reader.close();
    await waitFor(() => room.fake.follows[0]?.signal.aborted, 'the follower to be closed');
  });

  test('the table is sent in full first, then as changes', async () => {
    const reader = await follow('/snapshot?intervalMs=100');
    await waitFor(() => reader.messages().length > 0, 'the table');
    expect(reader.messages()[0]?.data).toMatchObject({ full: true, rows: [{ id: 'web' }] });
  });

  test.each([
    ['/events?afterSeq=x', 422],
    ['/processes/nobody/logs?follow', 404],
    ['/processes/web/logs?follow&tail=-1', 422],
    ['/snapshot?nonsense=1', 422],
  ])('an invalid request is refused before the stream starts: %s', async (path, status) => {
    expect((await room.call(path)).status).toBe(status);
  });

  test('a reader that stalls uses bounded memory and misses no event', async () => {
    const reader = await follow('/events');
    await waitFor(() => room.fake.watchers === 1, 'the subscription');
    reader.response.pause();
    const reason = 'x'.repeat(10_000);
    for (let round = 0; round < 60; round++) room.fake.putEvents(50, { reason });
    const heldBytes = process.memoryUsage().arrayBuffers;
    expect(heldBytes).toBeLessThan(60 * 50 * 10_000);
    reader.response.resume();
    await waitFor(() => reader.messages().length === 3_000, 'every event');
    expect(reader.messages().map(({ data }) => data['seq'])).toEqual(Array.from({ length: 3_000 }, (_, at) => at + 1));
    expect(WIRE_LIMITS.unsentBytes).toBeLessThan(60 * 50 * 10_000);
  });

  test('a thousand idle clients are accepted, served and released', async () => {
    const readers = await Promise.all(Array.from({ length: 1_000 }, () => follow('/events')));
    await waitFor(() => room.server.clients() === 1_000, 'all streams');
    expect((await room.call('/processes')).status).toBe(200);
    room.fake.putEvents(1);
    await waitFor(() => readers.every((reader) => reader.messages().length === 1), 'the event to reach every client');
    for (const reader of readers) reader.close();
    await waitFor(() => room.fake.watchers === 0, 'all streams to be closed');
  });

  test('a stream ends with the server', async () => {
    const reader = await follow('/events');
    let isEnded = false;
    reader.response.once('end', () => (isEnded = true));
    await room.server.close();
    await waitFor(() => isEnded, 'the stream to end');
  });
});
