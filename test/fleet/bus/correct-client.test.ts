import { headers, type MsgHdrs, type NatsConnection } from '@nats-io/nats-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { correctClient } from '../../../src/fleet/bus/correct-client.ts';
import { type BareBus, startBareBus } from '../../support/bare-bus.ts';

let bus: BareBus;
let reader: NatsConnection;
let sender: NatsConnection;

beforeEach(async () => {
  correctClient();
  bus = await startBareBus();
  [reader, sender] = await Promise.all([bus.connect(), bus.connect()]);
});

afterEach(async () => {
  await bus[Symbol.asyncDispose]();
});

/** Headers as they are, which this client would not send. */
function rawHeader(text: string): MsgHdrs {
  return Object.assign(headers(), { encode: () => Buffer.from(text, 'latin1') });
}

const HOSTILE = ['a b: c', ': c', '\u0000', 'a\u00ff: b', 'a: b\rc', 'a: b\nc\u0000:', '\u001b]0;x\u0007: y'];

test.each(HOSTILE)('a header %j does not end the connection, and other headers are read', async (line) => {
  const messages: MsgHdrs[] = [];
  reader.subscribe('rows', {
    callback: (_error, message) => {
      if (message.headers !== undefined) messages.push(message.headers);
    },
  });
  await reader.flush();
  sender.publish('rows', 'x', { headers: rawHeader(`NATS/1.0\r\nBefore: 1\r\n${line}\r\nAfter: 2\r\n\r\n`) });
  await sender.flush();
  await reader.flush();
  expect(messages).toHaveLength(1);
  expect(messages[0]?.get('Before')).toBe('1');
  expect(messages[0]?.get('After')).toBe('2');
  expect(reader.stats().inMsgs).toBe(1);
});

test.each(HOSTILE)('a request that is answered with a header %j is answered', async (line) => {
  sender.subscribe('question', {
    callback: (_error, message) => void message.respond('yes', { headers: rawHeader(`NATS/1.0\r\n${line}\r\n\r\n`) }),
  });
  await sender.flush();
  expect((await reader.request('question', undefined, { timeout: 20_000 })).string()).toBe('yes');
});

test('requests without an answer fail with their reason', async () => {
  sender.subscribe('silence', { callback: () => undefined });
  await sender.flush();
  await expect(reader.request('silence', undefined, { timeout: 50 })).rejects.toThrow('timeout');
  await expect(reader.request('nothing', undefined, { timeout: 20_000 })).rejects.toThrow('no responders');
  const asked = reader.request('silence', undefined, { timeout: 20_000 });
  const failed = expect(asked).rejects.toThrow('closed');
  await reader.close();
  await failed;
});
