import { closeSync, readSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadLibc } from '../../../../src/base/libc.ts';
import { LineOutbox } from '../../../../src/engine/logs/files/line-outbox.ts';

const O_NONBLOCK = 0o4000;

let read: number;
let write: number;
let outbox: LineOutbox;

beforeEach(() => {
  const { libc } = loadLibc();
  const ends = Buffer.alloc(8);
  libc?.check('pipe2', ends, O_NONBLOCK);
  read = ends.readInt32LE(0);
  write = ends.readInt32LE(4);
  outbox = new LineOutbox(write);
});

afterEach(() => {
  closeSync(read);
  closeSync(write);
});

/** Returns what one read finds; the pipe keeps it in the order of the writes. */
function found(): string {
  const bytes = Buffer.alloc(1024 * 1024);
  try {
    return bytes.toString('latin1', 0, readSync(read, bytes));
  } catch {
    return '';
  }
}

describe('lines for a pipe', () => {
  test('are written at once, or together with the next ones', () => {
    outbox.send('first');
    expect(found()).toBe('first\n');
    outbox.sendLater('second');
    outbox.sendLater('third');
    expect(found()).toBe('');
    expect(outbox.flush()).toBe(true);
    expect(found()).toBe('second\nthird\n');
    expect(outbox.waitingBytes).toBe(0);
  });

  test('are not kept back if they are many', () => {
    const long = 'x'.repeat(5_000);
    outbox.sendLater(long);
    expect(found()).toBe(`${long}\n`);
  });

  test('arrive whole and in order although the pipe was full', () => {
    const lines = Array.from({ length: 3_000 }, (_, number) => `${String(number)} ${'x'.repeat(90)}`);
    for (const line of lines) outbox.sendLater(line);
    expect(outbox.flush()).toBe(false);
    let text = '';
    while (outbox.waitingBytes > 0) {
      text += found();
      outbox.flush();
    }
    expect(`${text}${found()}`.split('\n')).toEqual([...lines, '']);
  });
});
