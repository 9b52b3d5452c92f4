import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LogGap, LogSettings } from '../../../../src/engine/logs/files/log-transport.ts';
import { type LogLoss, LogWriter } from '../../../../src/engine/logs/files/log-writer.ts';
import { rotate } from '../../../../src/engine/logs/files/rotation.ts';

const PLAIN: LogSettings = { maxSizeMb: 10, keep: 3, timestamps: false };
const NOON = Date.UTC(2026, 10, 21, 12);

let dir: string;
let gaps: LogGap[];
beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), 'healer-writer-')), 'web');
  gaps = [];
});
afterEach(() => rmSync(join(dir, '..'), { recursive: true }));

const writerOf = (settings: LogSettings): LogWriter =>
  new LogWriter({ id: 'web', run: 3 }, dir, settings, (gap) => gaps.push(gap));

function write(writer: LogWriter, text: string, nowWall = NOON): void {
  writer.write({ stream: 'stdout', bytes: Buffer.from(text), tail: 'goes-on' }, nowWall, () => undefined);
}

const read = (name: string): string => readFileSync(join(dir, name), 'utf8');

describe('rotation', () => {
  test('starts a new file before the size limit is exceeded, and keeps the configured number', () => {
    const writer = writerOf({ ...PLAIN, maxSizeMb: 30 / 2 ** 20 });
    for (let line = 1; line <= 12; line++) write(writer, `line ${String(line)}\n`);
    expect(readdirSync(dir).sort()).toEqual(['current.log', 'current.log.1', 'current.log.2', 'current.log.3']);
    expect(read('current.log')).toBe('stdout F line 11\nstdout F line 12\n'.slice(17));
    expect(read('current.log.1')).toContain('line 11');
  });

  test('keeps no old files if `keep` is 0', () => {
    const writer = writerOf({ ...PLAIN, maxSizeMb: 20 / 2 ** 20, keep: 0 });
    write(writer, 'one\n');
    write(writer, 'second\n');
    expect(readdirSync(dir)).toEqual(['current.log']);
    expect(read('current.log')).toBe('stdout F second\n');
  });

  test('continues an interrupted rotation and removes files that are too old', () => {
    mkdirSync(dir);
    for (const name of ['current.log', 'current.log.2', 'current.log.7', 'current.log.x'])
      writeFileSync(join(dir, name), name);
    rotate(dir, 3);
    expect(readdirSync(dir).sort()).toEqual(['current.log.1', 'current.log.3', 'current.log.x']);
    expect([read('current.log.1'), read('current.log.3')]).toEqual(['current.log', 'current.log.2']);
  });

  test('writes no more lines to a file than fit', () => {
    const writer = writerOf({ ...PLAIN, maxSizeMb: 1000 / 2 ** 20 });
    const part = writer.fit(Buffer.from('line\n'.repeat(500)));
    expect(part.length).toBeLessThan(500);
    expect(part.toString().endsWith('\n')).toBe(true);
  });
});

describe('a batch that no journal keeps', () => {
  test.each<[what: string, target: string | null, kept: (number | null)[]]>([
    ['and then not, once it is in the log', null, [2, null]],
    ['and stays so if the log cannot be written', '/dev/full', [2, 2]],
  ])('counts as lost while it is in no file, %s', (_, target, expected) => {
    const kept: (number | null)[] = [];
    const onLoss = (loss: LogLoss | null): void => void kept.push(loss?.lines ?? null);
    const writer = new LogWriter({ id: 'web', run: 3 }, dir, PLAIN, (gap) => gaps.push(gap), { onLoss });
    mkdirSync(dir);
    if (target !== null) symlinkSync(target, join(dir, 'current.log'));
    const before: (number | null)[] = [];
    const batch = { stream: 'stdout', bytes: Buffer.from('one\ntwo\n'), tail: 'goes-on' } as const;
    writer.write(batch, NOON, (_log, expose) => {
      expose();
      before.push(...kept);
    });
    expect(before).toEqual([2]);
    expect(kept).toEqual(expected);
  });
});

describe('a full disk', () => {
  test('is retried every second, and lost lines are recorded in the log', () => {
    const writer = writerOf(PLAIN);
    mkdirSync(dir);
    symlinkSync('/dev/full', join(dir, 'current.log'));
    write(writer, 'one\ntwo\n', NOON);
    write(writer, 'three\n', NOON + 500);
    rmSync(join(dir, 'current.log'));
    write(writer, 'four\n', NOON + 999);
    write(writer, 'five\n', NOON + 63_000);
    expect(read('current.log')).toBe(
      'stderr F [healer] 4 lines (19 bytes) were not written: no space left on device (12:00:00–12:01:03)\nstdout F five\n',
    );
    const gap = { id: 'web', run: 3, reason: 'no space left on device', fromWall: NOON };
    expect(gaps).toEqual([
      { ...gap, lines: 2, bytes: 8, toWall: null },
      { ...gap, lines: 4, bytes: 19, toWall: NOON + 63_000 },
    ]);
  });

  test('is retried even if the clock is set back', () => {
    const writer = writerOf(PLAIN);
    mkdirSync(dir);
    symlinkSync('/dev/full', join(dir, 'current.log'));
    write(writer, 'one\n', NOON);
    rmSync(join(dir, 'current.log'));
    write(writer, 'two\n', NOON - 3_600_000);
    expect(read('current.log')).toContain('stdout F two\n');
  });

  test('makes the end of a run report the total of lost lines if nothing can be written', () => {
    const writer = writerOf(PLAIN);
    writeFileSync(dir, 'not a folder');
    write(writer, 'one\n', NOON);
    writer.close(NOON + 100);
    expect(gaps.map(({ lines, toWall }) => ({ lines, toWall }))).toEqual([
      { lines: 1, toWall: null },
      { lines: 1, toWall: NOON + 100 },
    ]);
    expect(gaps[0]?.reason).toBe('not a directory');
  });

  test('leaves no partial batch', () => {
    const writer = writerOf(PLAIN);
    write(writer, 'whole\n');
    expect(read('current.log')).toBe('stdout F whole\n');
    chmodSync(dir, 0o700);
  });
});
