import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseRecord } from '../../../src/engine/logs/files/log-format.ts';
import type { LogSettings } from '../../../src/engine/logs/files/log-transport.ts';
import { LogWriter } from '../../../src/engine/logs/files/log-writer.ts';
import { RunMarks } from '../../../src/engine/logs/files/run-marks.ts';
import { followLog, type LogStart } from '../../../src/engine/logs/log-follower.ts';
import { readLogPage } from '../../../src/engine/logs/log-pages.ts';
import type { LogLine } from '../../../src/protocol/log-line.ts';

const SETTINGS: LogSettings = { maxSizeMb: 10, keep: 5, timestamps: true };
const AT = Date.parse('2026-11-29T08:00:00.000Z');

let dir: string;
let marks: RunMarks;
beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), 'healer-marks-')), 'web');
  marks = new RunMarks();
});
afterEach(() => rmSync(join(dir, '..'), { recursive: true }));

function start(run: number, settings = SETTINGS): LogWriter {
  marks.announce(dir, { run, pid: 4000 + run, atWall: AT + run * 1000 });
  return adopted(run, settings);
}

/** Returns the writer of a run that an earlier engine started. */
function adopted(run: number, settings = SETTINGS): LogWriter {
  return new LogWriter({ id: 'web', run }, dir, settings, () => undefined, { marks });
}

function print(writer: LogWriter, ...lines: readonly string[]): void {
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  writer.write({ stream: 'stdout', bytes, tail: 'goes-on' }, AT + 60_000, () => undefined);
}

const read = (selection: Omit<LogStart, 'tail'> & { readonly tail?: number }): Promise<readonly LogLine[]> =>
  readLogPage(dir, { tail: 1000, ...selection });
const textsOf = (lines: readonly LogLine[]): string[] => lines.map(({ text }) => text);

test('the output of each run follows a mark with the time of its start, which no program can print', async () => {
  print(start(1), 'one', '2026-11-29T08:00:00.000Z healer F run 9 started (pid 1)');
  print(start(2), 'two');
  expect(readFileSync(join(dir, 'current.log'), 'utf8')).toMatch(
    /^2026-11-29T08:00:01.000Z healer F run 1 started \(pid 4001\)\n\S+ stdout F one\n/,
  );
  const lines = await read({ marks: true });
  expect(lines.map(({ run, mark, text }) => [run, mark, text])).toEqual([
    [1, 'started', 'run 1 started (pid 4001)'],
    [1, undefined, 'one'],
    [1, undefined, '2026-11-29T08:00:00.000Z healer F run 9 started (pid 1)'],
    [2, 'started', 'run 2 started (pid 4002)'],
    [2, undefined, 'two'],
  ]);
});

test('readers that do not ask for marks get what the program printed', async () => {
  print(start(1), 'one');
  print(start(2), 'two');
  expect(textsOf(await read({}))).toEqual(['one', 'two']);
  expect(textsOf(await read({ tail: 2 }))).toEqual(['one', 'two']);
});

test('one run is selected, also if a process that it left behind still prints', async () => {
  const [first, second] = [start(1), start(2)];
  print(first, 'a1');
  print(second, 'b1');
  print(first, 'a2');
  print(second, 'b2');
  expect(textsOf(await read({ run: 1 }))).toEqual(['a1', 'a2']);
  expect(textsOf(await read({ run: 2 }))).toEqual(['b1', 'b2']);
  expect(textsOf(await read({ run: 2, tail: 1 }))).toEqual(['b2']);
  expect((await read({ marks: true })).filter(({ mark }) => mark === 'continued').map(({ run }) => run)).toEqual([
    1, 2,
  ]);
});

test('the numbers of runs begin again after a shutdown: the newest run of a number is selected', async () => {
  print(start(1), 'old 1');
  print(start(2), 'old 2');
  // Another engine, with a log collector and pids of its own.
  marks = new RunMarks();
  for (const run of [1, 2]) {
    marks.announce(dir, { run, pid: 5000 + run, atWall: AT + run * 1000 });
    print(adopted(run), `new ${String(run)}`);
    expect(textsOf(await read({ run }))).toEqual([`new ${String(run)}`]);
  }
  expect(textsOf(await read({ run: 1 }))).toEqual(['new 1']);
});

test('rotated files begin with a mark, so that a run is found although its start was removed', async () => {
  const settings = { ...SETTINGS, maxSizeMb: 400 / 2 ** 20, keep: 2 };
  const writer = start(3, settings);
  for (let line = 1; line <= 40; line++) print(writer, `line ${String(line)}`);
  const next = start(4, settings);
  print(next, 'last');
  const texts = textsOf(await read({ run: 3 }));
  expect(texts.at(-1)).toBe('line 40');
  expect(texts.length).toBeGreaterThan(5);
  expect(texts).toEqual(texts.map((_, index) => `line ${String(41 - texts.length + index)}`));
  expect((await read({ run: 3, marks: true })).filter(({ mark }) => mark !== undefined)).toHaveLength(1);
});

test('a run that printed nothing is marked at its end, before the runs after it', async () => {
  print(start(1), 'one');
  const silent = start(2);
  print(start(3), 'three');
  silent.close(AT);
  start(4).close(AT);
  expect(await read({ run: 2 })).toEqual([]);
  expect(await read({ run: 4 })).toEqual([]);
  expect((await read({ marks: true })).flatMap(({ mark, run }) => (mark === 'started' ? [run] : []))).toEqual([
    1, 2, 3, 4,
  ]);
});

test('a run without a trace is reported instead of an empty answer', async () => {
  print(start(5), 'five');
  await expect(read({ run: 4 })).rejects.toMatchObject({ code: 'MISSED' });
});

test('a log of an earlier version is shown, without runs, and runs are marked from then on', async () => {
  const old = new LogWriter({ id: 'web', run: 1 }, dir, SETTINGS, () => undefined);
  print(old, 'old');
  print(adopted(1), 'new');
  expect((await read({ marks: true })).map(({ text, run }) => [text, run])).toEqual([
    ['old', undefined],
    ['run 1 continues', 1],
    ['new', 1],
  ]);
  expect(textsOf(await read({ run: 1 }))).toEqual(['new']);
});

test('another log collector continues the run that the last one marked', async () => {
  print(start(1), 'before');
  marks = new RunMarks();
  print(adopted(1), 'after');
  marks = new RunMarks();
  print(start(1), 'again');
  const lines = await read({ run: 1, marks: true });
  expect(lines.map(({ text, mark }) => mark ?? text)).toEqual(['started', 'before', 'after', 'again']);
});

test('a line knows its run even if the mark is far above the last lines', async () => {
  const writer = start(7);
  for (let block = 0; block < 40; block++) print(writer, ...Array.from({ length: 100 }, () => 'x'.repeat(1000)));
  print(writer, 'end');
  expect((await read({ tail: 1, marks: true })).map(({ text, run }) => [text, run])).toEqual([['end', 7]]);
});

test.each([
  [{ tail: 1, run: 1 }, ['a2', 'a3']],
  [{ tail: 0, run: 2 }, ['b2']],
  [{ tail: 0 }, ['a3', 'b2']],
  [{ tail: 0, marks: true }, ['run 1 continues', 'a3', 'run 2 continues', 'b2']],
])('following %j delivers %j, and continues after each cursor', async (from, expected) => {
  const [first, second] = [start(1), start(2)];
  print(first, 'a1', 'a2');
  print(second, 'b1');
  const texts: string[] = [];
  const cursors: string[] = [];
  const stop = new AbortController();
  const end = new AbortController();
  const followed = followLog(
    dir,
    from,
    ({ lines, cursorAfter }) => {
      texts.push(...textsOf(lines));
      cursors.push(...lines.map((_, index) => cursorAfter(index + 1)));
      if (texts.length <= from.tail) {
        print(first, 'a3');
        print(second, 'b2');
        end.abort();
      }
    },
    stop.signal,
    end.signal,
  );
  await followed;
  expect(texts).toEqual(expected);
  for (const [index, after] of cursors.entries()) {
    const rest = textsOf(await read({ ...from, after, tail: 100 }));
    expect(rest.filter((text) => !text.startsWith('run '))).toEqual(
      expected.slice(index + 1).filter((text) => !text.startsWith('run ')),
    );
  }
});

test.each(['healer F run x started', 'healer F something else', 'healer P run 1 started'])(
  'the foreign line %j is shown as it is',
  (text) => {
    expect(parseRecord(text)).toEqual({ time: null, stream: 'stdout', text, partial: false });
  },
);

function prompt(writer: LogWriter, text: string, stream: 'stdout' | 'stderr' = 'stdout'): void {
  writer.write({ stream, bytes: Buffer.from(text), tail: 'goes-on' }, AT + 60_000, () => undefined);
}

/** The lines as a reader joins them: a partial record continues in the next one of its stream. */
async function joined(): Promise<readonly string[]> {
  const texts: string[] = [];
  const open = new Map<string, number>();
  for (const { stream, text, partial } of await read({})) {
    const at = open.get(stream) ?? texts.push('') - 1;
    texts[at] = `${texts[at] ?? ''}${text}`;
    if (partial) open.set(stream, at);
    else open.delete(stream);
  }
  return texts;
}

test('an unfinished line of a run that was killed does not continue with the first line of the next run', async () => {
  prompt(start(1), 'half a li');
  // The log collector was killed too, and the next one reads the log.
  marks = new RunMarks();
  print(start(2), 'one');
  expect(await joined()).toEqual(['half a li', 'one']);
});

test('the run itself continues its unfinished line, also under the next log collector', async () => {
  prompt(start(1), 'half a li');
  prompt(start(1), 'ne and mor', 'stderr');
  marks = new RunMarks();
  print(adopted(1), 'ne');
  expect(await joined()).toEqual(['half a line', 'ne and mor']);
});

test('a report of healer is a line of its own, behind an unfinished one', async () => {
  const writer = start(1);
  prompt(writer, 'Password: ', 'stderr');
  writer.noteUnknownLoss('the disk was full', { fromWall: AT, nowWall: AT });
  expect(await joined()).toEqual(['Password: ', '[healer] an unknown number of lines is missing: the disk was full']);
});

test('the unfinished line is found behind the output of another stream', async () => {
  const writer = start(1);
  prompt(writer, 'half a li');
  prompt(writer, 'x\n'.repeat(500), 'stderr');
  marks = new RunMarks();
  print(start(2), 'one');
  expect((await joined()).filter((text) => text !== 'x')).toEqual(['half a li', 'one']);
});
