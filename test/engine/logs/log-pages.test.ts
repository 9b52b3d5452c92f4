import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readLogPage } from '../../../src/engine/logs/log-pages.ts';
import type { LogSettings } from '../../../src/engine/logs/files/log-transport.ts';
import { LogWriter } from '../../../src/engine/logs/files/log-writer.ts';
import type { LogLine } from '../../../src/protocol/log-line.ts';
import { WIRE_LIMITS } from '../../../src/protocol/wire-limits.ts';

const PLAIN: LogSettings = { maxSizeMb: 10, keep: 50, timestamps: false };
const ROTATING: LogSettings = { ...PLAIN, maxSizeMb: 200 / 2 ** 20 };

let dir: string;
beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), 'healer-pages-')), 'web');
});
afterEach(() => rmSync(join(dir, '..'), { recursive: true }));

function write(settings: LogSettings, bytes: Buffer | string): void {
  const writer = new LogWriter({ id: 'web', run: 1 }, dir, settings, () => undefined);
  writer.write({ stream: 'stdout', bytes: Buffer.from(bytes), tail: 'goes-on' }, Date.now(), () => undefined);
}

function writeNumbers(settings: LogSettings, from: number, to: number): void {
  for (let number = from; number <= to; number += 1) write(settings, `${String(number)}\n`);
}

const texts = (lines: readonly LogLine[]): string[] => lines.map(({ text }) => text);
const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => String(from + index));

async function readBackwards(tail: number): Promise<string[]> {
  const found: string[] = [];
  for (let before: string | undefined; ;) {
    const page = await readLogPage(dir, { tail, before });
    found.unshift(...texts(page));
    before = page[0]?.before;
    if (before === undefined) return found;
  }
}

describe('pages of a log', () => {
  test.each([1, 7, 60, 1000])('lead back to the beginning across rotated files, %d lines at a time', async (tail) => {
    writeNumbers(ROTATING, 1, 60);
    expect(await readBackwards(tail)).toEqual(numbers(1, 60));
  });

  test('lead forward again from any line', async () => {
    writeNumbers(ROTATING, 1, 60);
    const first = await readLogPage(dir, { tail: 1000 });
    expect(first.at(-1)?.after).toBeDefined();
    const [middle] = await readLogPage(dir, { tail: 10, before: (await readLogPage(dir, { tail: 20 }))[0]?.before });
    const page = await readLogPage(dir, { tail: 30, before: middle?.before });
    expect(texts(page)).toEqual(numbers(1, 30));
    const next = await readLogPage(dir, { tail: 12, after: page.at(-1)?.after });
    expect(texts(next)).toEqual(numbers(31, 42));
    const rest = await readLogPage(dir, { tail: 1000, after: next.at(-1)?.after });
    expect(texts(rest)).toEqual(numbers(43, 60));
    expect(await readLogPage(dir, { tail: 1000, after: rest.at(-1)?.after })).toEqual([]);
  });

  test('stay in place while the log grows and is rotated', async () => {
    writeNumbers(ROTATING, 1, 30);
    const page = await readLogPage(dir, { tail: 10 });
    writeNumbers(ROTATING, 31, 60);
    expect(texts(await readLogPage(dir, { tail: 10, before: page[0]?.before }))).toEqual(numbers(11, 20));
    expect(texts(await readLogPage(dir, { tail: 100, after: page.at(-1)?.after }))).toEqual(numbers(31, 60));
  });

  test('fit in one message, however long the lines are', async () => {
    const line = '\u0001"\\é'.repeat(5000);
    for (let count = 0; count < 60; count += 1) write(PLAIN, `${String(count)}${line}\n`);
    const page = await readLogPage(dir, { tail: 1000 });
    expect(page.length).toBeGreaterThan(3);
    expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(WIRE_LIMITS.messageBytes);
    expect((await readBackwards(1000)).length).toBe(60);
  });

  test('count a line of several records once', async () => {
    write(PLAIN, `one\n${'x'.repeat(200_000)}\ntwo\n`);
    const page = await readLogPage(dir, { tail: 2 });
    expect(page.filter(({ partial }) => !partial).map(({ text }) => text.slice(-3))).toEqual(['xxx', 'two']);
    expect(texts(page).join('').length).toBe(200_003);
  });

  test('keep bytes that are not UTF-8', async () => {
    const bytes = Buffer.from([0x66, 0xfc, 0x72, 0xff]);
    write({ ...PLAIN, timestamps: true }, Buffer.concat([Buffer.from('ok\n'), bytes, Buffer.from('\n')]));
    const [whole, broken] = await readLogPage(dir, { tail: 2 });
    expect(whole).not.toHaveProperty('base64');
    expect(Buffer.from(broken?.base64 ?? '', 'base64')).toEqual(bytes);
    const after = await readLogPage(dir, { tail: 2, after: 'none:0:0' });
    expect(Buffer.from(after[1]?.base64 ?? '', 'base64')).toEqual(bytes);
  });

  test('end before a record that is still being written', async () => {
    write(PLAIN, 'whole\n');
    appendFileSync(join(dir, 'current.log'), 'stdout F hal');
    const page = await readLogPage(dir, { tail: 5 });
    expect(texts(page)).toEqual(['whole']);
    appendFileSync(join(dir, 'current.log'), 'f\n');
    expect(texts(await readLogPage(dir, { tail: 5, after: page[0]?.after }))).toEqual(['half']);
  });

  test('return text of another origin in pieces', async () => {
    mkdirSync(dir, { recursive: true });
    appendFileSync(join(dir, 'current.log'), `${'y'.repeat(1_000_000)}\nend\n`);
    const pieces = await readBackwards(1000);
    expect(pieces.at(-1)).toBe('end');
    expect(pieces.join('').length).toBe(1_000_003);
  });

  test('start after the lines that a cursor of a stream counts', async () => {
    writeNumbers(PLAIN, 1, 30);
    const [{ after = '' } = {}] = (await readLogPage(dir, { tail: 30 })).slice(-1);
    const [file, offset] = after.split(':');
    expect(texts(await readLogPage(dir, { tail: 3, before: `${file ?? ''}:${offset ?? ''}:-10` }))).toEqual(
      numbers(18, 20),
    );
    expect(texts(await readLogPage(dir, { tail: 3, before: `${file ?? ''}:0:10` }))).toEqual(numbers(8, 10));
  });
});
