import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hostSubject, STREAMS } from '../../../src/fleet/contract/subjects.ts';
import { KeptCopy } from '../../../src/fleet/hub/kept-copy.ts';
import { type BareBus, startBareBus } from '../../support/bare-bus.ts';

const HOSTS = 300;

let bus: BareBus;
let nats: NatsConnection;
let copy: KeptCopy;

beforeEach(async () => {
  bus = await startBareBus();
  nats = await bus.connect();
  copy = new KeptCopy({ nats, inbox: '_INBOX.keeper' }, STREAMS.rows, hostSubject('*', '*', 'row'));
  for (let index = 0; index < HOSTS; index++) publish(index, 'first');
  await nats.flush();
});

afterEach(async () => {
  await bus[Symbol.asyncDispose]();
});

const subjectOf = (index: number): string => hostSubject('eu', `web-${String(index)}`, 'row');

function publish(index: number, text: string): void {
  nats.publish(subjectOf(index), text);
}

/** Reads all rows, and returns how many messages that took. */
async function read(): Promise<{ readonly texts: ReadonlyMap<string, string>; readonly requests: number }> {
  await nats.flush();
  const { outMsgs } = nats.stats();
  const messages = await copy.read();
  const texts = new Map(messages.map(({ subject, text }) => [subject, text]));
  expect(texts.size).toBe(messages.length);
  return { texts, requests: nats.stats().outMsgs - outMsgs };
}

test('reading again costs what has changed', async () => {
  const first = await read();
  expect(first.texts.size).toBe(HOSTS);
  expect(first.requests).toBeGreaterThanOrEqual(HOSTS);
  publish(7, 'second');
  publish(HOSTS, 'new');
  const second = await read();
  expect(second.texts.get(subjectOf(7))).toBe('second');
  expect(second.texts.get(subjectOf(HOSTS))).toBe('new');
  expect(second.texts.get(subjectOf(8))).toBe('first');
  expect(second.texts.size).toBe(HOSTS + 1);
  expect(second.requests).toBeLessThan(10);
});

test('a subject that was purged is gone, also if another one came instead', async () => {
  await read();
  const manager = await jetstreamManager(nats);
  await manager.streams.purge(STREAMS.rows, { filter: subjectOf(3) });
  publish(HOSTS, 'new');
  const { texts } = await read();
  expect(texts.size).toBe(HOSTS);
  expect(texts.has(subjectOf(3))).toBe(false);
  expect(texts.get(subjectOf(HOSTS))).toBe('new');
});

test('a stream that was created again is read again', async () => {
  await read();
  const manager = await jetstreamManager(nats);
  const { config } = await manager.streams.info(STREAMS.rows);
  await manager.streams.delete(STREAMS.rows);
  await expect(copy.read()).rejects.toThrow('stream not found');
  await manager.streams.add(config);
  publish(1, 'after');
  expect([...(await read()).texts]).toEqual([[subjectOf(1), 'after']]);
});

test('more subjects than the server names in one answer are read', { timeout: 120_000 }, async () => {
  const many = 100_500;
  for (let index = HOSTS; index < many; index++) {
    publish(index, 'first');
    if (index % 5_000 === 0) await nats.flush();
  }
  expect((await read()).texts.size).toBe(many);
});
