import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { followLog, type LogBatch } from '../../../src/engine/logs/log-follower.ts';
import { readLogPage } from '../../../src/engine/logs/log-pages.ts';
import { readTail } from '../../../src/engine/logs/log-reader.ts';
import { endOfLog } from '../../../src/engine/logs/log-trail.ts';
import type { LogSettings } from '../../../src/engine/logs/files/log-transport.ts';
import { LogWriter } from '../../../src/engine/logs/files/log-writer.ts';
import { waitFor } from '../../support/wait-for.ts';

const PLAIN: LogSettings = { maxSizeMb: 10, keep: 5, timestamps: false };

let dir: string;
beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), 'healer-reader-')), 'web');
});
afterEach(() => rmSync(join(dir, '..'), { recursive: true }));

const writerOf = (settings: LogSettings): LogWriter =>
  new LogWriter({ id: 'web', run: 1 }, dir, settings, () => undefined);

function write(writer: LogWriter, text: string): void {
  writer.write({ stream: 'stdout', bytes: Buffer.from(text), tail: 'goes-on' }, Date.now(), () => undefined);
}

function writeNumbers(writer: LogWriter, from: number, to: number): void {
  for (let number = from; number <= to; number++) write(writer, `${String(number)}\n`);
}

const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => String(from + index));

describe('the tail', () => {
  const tailOf = async (count: number): Promise<string[]> => (await readTail(dir, count)).map(({ text }) => text);

  test('is empty if the program never wrote anything', async () => {
    expect(await tailOf(10)).toEqual([]);
  });

  test('consists of the newest lines, oldest first', async () => {
    writeNumbers(writerOf(PLAIN), 1, 50);
    expect(await tailOf(3)).toEqual(['48', '49', '50']);
    expect(await tailOf(0)).toEqual([]);
    expect(await tailOf(1000)).toEqual(numbers(1, 50));
  });

  test('includes rotated files, even if a number is missing', async () => {
    writeNumbers(writerOf({ ...PLAIN, maxSizeMb: 200 / 2 ** 20 }), 1, 60);
    expect(await tailOf(55)).toEqual(numbers(6, 60));
    rmSync(join(dir, 'current.log.2'));
    expect((await tailOf(1000)).length).toBeGreaterThan(30);
  });

  test('is that of the file that was just rotated while the next one does not exist yet, and following continues from it', async () => {
    const writer = writerOf(PLAIN);
    writeNumbers(writer, 1, 20);
    const end = endOfLog(dir);
    renameSync(join(dir, 'current.log'), join(dir, 'current.log.1'));
    expect(await tailOf(3)).toEqual(['18', '19', '20']);
    expect((await readLogPage(dir, { tail: 2 })).map(({ text }) => text)).toEqual(['19', '20']);
    expect(endOfLog(dir)).toBe(end);
  });

  test('keeps long lines and lines that cross the boundaries of chunks', async () => {
    const writer = writerOf(PLAIN);
    const lines = Array.from({ length: 40 }, (_, index) => `${String(index)} ${'ä'.repeat((index * 997) % 30_000)}`);
    for (const line of lines) write(writer, `${line}\n`);
    expect(await tailOf(40)).toEqual(lines);
  });

  test('is limited in bytes, regardless of the number of lines requested', async () => {
    const writer = writerOf({ ...PLAIN, maxSizeMb: 100 });
    for (let block = 0; block < 30; block++) write(writer, `${'x'.repeat(60_000)}\n`.repeat(15));
    const tail = await tailOf(100_000);
    expect(tail.length).toBeLessThan(300);
    expect(tail.length).toBeGreaterThan(250);
  });

  test('shows the contents of damaged files and files in other formats', async () => {
    write(writerOf(PLAIN), 'one\n');
    writeFileSync(join(dir, 'current.log'), 'foreign\nstdout F half', { flag: 'a' });
    expect(await tailOf(10)).toEqual(['one', 'foreign', 'half']);
  });
});

describe('following', () => {
  interface Reader {
    readonly texts: string[];
    skipped: number;
    truncations: number;
    largestBatch: number;
    /** The cursor after the last received line. */
    cursor: string;
    /** The cursor after each line of the first batch. */
    cursors: string[];
    /** Blocks the reader while it is set. */
    gate: Promise<void> | null;
    end(): Promise<void>;
  }

  const readers: Reader[] = [];
  afterEach(async () => {
    for (const reader of readers.splice(0)) await reader.end();
  });

  function follow(tail: number, after?: string): Reader {
    const ending = new AbortController();
    const reader: Reader = {
      texts: [],
      skipped: 0,
      truncations: 0,
      largestBatch: 0,
      cursor: '',
      cursors: [],
      gate: null,
      end: () => {
        ending.abort();
        return done;
      },
    };
    const onBatch = async ({ lines, skipped, isTruncated, cursorAfter }: LogBatch): Promise<void> => {
      reader.skipped += skipped;
      reader.truncations += isTruncated === true ? 1 : 0;
      reader.cursor = cursorAfter(lines.length);
      if (reader.cursors.length === 0) reader.cursors = lines.map((_, index) => cursorAfter(index + 1));
      reader.largestBatch = Math.max(reader.largestBatch, lines.length);
      for (const { text } of lines) reader.texts.push(text);
      await reader.gate;
    };
    const done = followLog(dir, { tail, after }, onBatch, ending.signal);
    readers.push(reader);
    return reader;
  }

  test('delivers the tail, then each new line', async () => {
    const writer = writerOf(PLAIN);
    writeNumbers(writer, 1, 10);
    const reader = follow(2);
    await waitFor(() => reader.texts.length === 2, 'the tail');
    writeNumbers(writer, 11, 12);
    await waitFor(() => reader.texts.length === 4, 'the new lines');
    expect(reader.texts).toEqual(['9', '10', '11', '12']);
  });

  test('waits for a program that has not written anything yet', async () => {
    const reader = follow(10);
    writeNumbers(writerOf(PLAIN), 1, 2);
    await waitFor(() => reader.texts.length === 2, 'the first lines');
    expect(reader.texts).toEqual(['1', '2']);
  });

  test('skips and repeats nothing across rotations', async () => {
    const writer = writerOf({ ...PLAIN, maxSizeMb: 20_000 / 2 ** 20, keep: 3 });
    writeNumbers(writer, 1, 1);
    const reader = follow(1);
    await waitFor(() => reader.texts.length === 1, 'the tail');
    for (let start = 2; start <= 20_000; start += 500) {
      writeNumbers(writer, start, start + 499);
      await waitFor(() => reader.texts.length >= start - 1000, 'the reader to keep up');
    }
    await waitFor(() => reader.texts.length >= 20_001, 'all lines');
    expect(reader.texts).toEqual(numbers(1, 20_001));
    expect(reader.skipped).toBe(0);
    expect(reader.largestBatch).toBeLessThanOrEqual(500);
  });

  test('detects rotation if no old files are kept', async () => {
    const writer = writerOf({ ...PLAIN, maxSizeMb: 1000 / 2 ** 20, keep: 0 });
    writeNumbers(writer, 1, 1);
    const reader = follow(1);
    await waitFor(() => reader.texts.length === 1, 'the tail');
    for (let number = 2; number <= 300; number++) {
      writeNumbers(writer, number, number);
      await waitFor(() => reader.texts.length === number, 'the line');
    }
    expect(reader.texts).toEqual(numbers(1, 300));
    expect(reader.skipped).toBe(0);
  });

  test('reports to a slow reader how many lines it missed', async () => {
    const writer = writerOf({ ...PLAIN, maxSizeMb: 2000 / 2 ** 20, keep: 99 });
    writeNumbers(writer, 1, 1);
    const reader = follow(1);
    let open = (): void => undefined;
    reader.gate = new Promise((resolve) => (open = resolve));
    await waitFor(() => reader.texts.length === 1, 'the reader to be stuck');
    for (let start = 2; start <= 3000; start += 20) {
      writeNumbers(writer, start, start + 19);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    open();
    reader.gate = null;
    await waitFor(() => reader.texts.at(-1) === '3001', 'the newest line');
    expect(reader.skipped).toBeGreaterThan(0);
    expect(reader.texts.map(Number)).toEqual([...new Set(reader.texts.map(Number))].sort((a, b) => a - b));
    expect(reader.texts.length + reader.skipped).toBe(3001);
  });

  test('continues after the folder was removed and recreated', async () => {
    const writer = writerOf(PLAIN);
    writeNumbers(writer, 1, 1);
    const reader = follow(1);
    await waitFor(() => reader.texts.length === 1, 'the tail');
    rmSync(dir, { recursive: true });
    writeNumbers(writer, 2, 2);
    await waitFor(() => reader.texts.length === 2, 'the line in the new file');
    expect(reader.texts).toEqual(['1', '2']);
  });

  test.each([
    ['emptied', ''],
    ['emptied and written again beyond the old end', 'stdout F x\n'.repeat(200)],
  ])('continues after the log file was %s', async (_, content) => {
    const writer = writerOf(PLAIN);
    writeNumbers(writer, 1, 20);
    const reader = follow(1);
    await waitFor(() => reader.texts.length === 1, 'the tail');
    writeFileSync(join(dir, 'current.log'), content);
    writeNumbers(writer, 21, 22);
    await waitFor(() => reader.texts.at(-1) === '22', 'the lines after the cut');
    expect(reader.texts.filter((text) => text !== 'x')).toEqual(['20', '21', '22']);
    expect(reader.truncations).toBe(1);
  });

  test('resumes after any line of a tail that spans several files', async () => {
    const writer = writerOf({ ...PLAIN, maxSizeMb: 200 / 2 ** 20, keep: 9 });
    for (let number = 1; number <= 20; number++) writeNumbers(writer, number, number);
    const first = follow(15);
    await waitFor(() => first.texts.length === 15, 'the tail');
    await first.end();
    writeNumbers(writer, 21, 22);
    for (const [index, cursor] of first.cursors.entries()) {
      const next = follow(0, cursor);
      await waitFor(() => next.texts.at(-1) === '22', 'the newest line');
      expect(next.texts).toEqual(numbers(index + 7, 22));
      expect(next.skipped).toBe(0);
      await next.end();
    }
  });

  test('resumes within a chunk and across rotations', async () => {
    const writer = writerOf({ ...PLAIN, maxSizeMb: 20_000 / 2 ** 20, keep: 9 });
    writeNumbers(writer, 1, 1);
    const first = follow(0);
    await waitFor(() => first.cursor !== '', 'the cursor');
    await first.end();
    writeNumbers(writer, 2, 1500);
    const second = follow(0, first.cursor);
    await waitFor(() => second.texts.length === 1499, 'all lines written in the meantime');
    expect(second.texts).toEqual(numbers(2, 1500));
    await second.end();
    const third = follow(0, second.cursors[10]);
    await waitFor(() => third.texts.at(-1) === '1500', 'the newest line');
    expect(third.texts).toEqual(numbers(13, 1500));
    expect([second.skipped, third.skipped]).toEqual([0, 0]);
  });

  test('resumes at a log that did not exist', async () => {
    const first = follow(5);
    await waitFor(() => first.cursor !== '', 'the cursor');
    await first.end();
    writeNumbers(writerOf(PLAIN), 1, 3);
    const next = follow(5, first.cursor);
    await waitFor(() => next.texts.length === 3, 'all lines');
    expect(next).toMatchObject({ texts: ['1', '2', '3'], skipped: 0 });
  });

  test('reports a gap if the file of its cursor was removed', async () => {
    const writer = writerOf({ ...PLAIN, maxSizeMb: 1000 / 2 ** 20, keep: 1 });
    writeNumbers(writer, 1, 1);
    const first = follow(1);
    await waitFor(() => first.texts.length === 1, 'the tail');
    await first.end();
    for (let number = 2; number <= 200; number++) writeNumbers(writer, number, number);
    const next = follow(1, first.cursor);
    await waitFor(() => next.texts.at(-1) === '200', 'the newest line');
    expect(next.skipped).toBe(1);
    const from = Number(next.texts[0]);
    expect(from).toBeGreaterThan(2);
    expect(next.texts).toEqual(numbers(from, 200));
  });

  test('ends immediately when aborted', async () => {
    writeNumbers(writerOf(PLAIN), 1, 1);
    const reader = follow(1);
    await waitFor(() => reader.texts.length === 1, 'the tail');
    await reader.end();
    writeNumbers(writerOf(PLAIN), 2, 2);
    expect(reader.texts).toEqual(['1']);
  });
});
