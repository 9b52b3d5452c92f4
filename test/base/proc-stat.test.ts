import fc from 'fast-check';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  CLOCK_TICKS_PER_SECOND,
  isDead,
  listPids,
  PAGE_BYTES,
  parseProcStat,
  type ProcStat,
  readBootId,
  readProcStat,
} from '../../src/base/proc-stat.ts';

/** Fields 4 to 52 as the kernel writes them, with distinct values for the required fields. */
const TAIL =
  '11 12 13 34816 -1 4194560 100 200 3 4 50 7 20 5 20 -19 8 0 98765 46743552 3908 18446744073709551615 1 1 0 0 0 0 0 4096 1256 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0';

const EXPECTED: ProcStat = {
  pid: 4321,
  name: 'sleep',
  state: 'S',
  parentPid: 11,
  groupId: 12,
  sessionId: 13,
  cpuTicks: 57,
  waitedTicks: 25,
  startTicks: 98765,
  rssPages: 3908,
  threads: 8,
};

function parse(line: string): ProcStat | null {
  const bytes = Buffer.from(line);
  return parseProcStat(bytes, bytes.length);
}

describe('a stat line', () => {
  test('is parsed', () => {
    expect(parse(`4321 (sleep) S ${TAIL}\n`)).toEqual(EXPECTED);
  });

  test.each([
    ['nothing', ''],
    ['a space', 'tmux: server'],
    ['parentheses', '((sd-pam))'],
    ['what looks like fields', 'x) R 1 2 3 4 5 6 7 8 9 (y'],
    ['a newline', 'a\nb'],
    ['only a closing parenthesis', ')'],
    ['letters of other scripts', 'процесс'],
  ])('is parsed if the name is %s', (_, name) => {
    expect(parse(`4321 (${name}) S ${TAIL}\n`)).toEqual({ ...EXPECTED, name });
  });

  test('is parsed with any name that a process can set', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii', maxLength: 15 }), (name) => {
        expect(parse(`4321 (${name}) S ${TAIL}\n`)).toEqual({ ...EXPECTED, name });
      }),
    );
  });

  test('is parsed if the kernel truncated the name within a character', () => {
    const cut = Buffer.concat([Buffer.from('4321 (caf'), Buffer.from([0xc3]), Buffer.from(`) S ${TAIL}\n`)]);
    expect(parseProcStat(cut, cut.length)).toEqual({ ...EXPECTED, name: 'caf\uFFFD' });
  });

  test('of a process that is being reaped has group -1', () => {
    const line = `4321 (sleep) Z 0 -1 -1 ${TAIL.split(' ').slice(3).join(' ')}\n`;
    expect(parse(line)).toMatchObject({ parentPid: 0, groupId: -1, sessionId: -1, cpuTicks: 57 });
  });

  test('is parsed from its own bytes only, not from the rest of a longer line', () => {
    const line = `4321 (sleep) S ${TAIL}\n`;
    const buffer = Buffer.from(`${line}left) over 1 2 3`);
    expect(parseProcStat(buffer, Buffer.byteLength(line))).toEqual(EXPECTED);
  });

  test('is rejected if truncated anywhere before its last required field', () => {
    const line = Buffer.from(`4321 (sleep) S ${TAIL}\n`);
    const enough = line.indexOf(' 3908 ') + ' 3908 '.length;
    for (let length = 0; length < line.length; length++) {
      expect(parseProcStat(line, length)).toEqual(length < enough ? null : EXPECTED);
    }
  });

  test('is rejected if it has another format', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 40 }),
        (bytes) => parseProcStat(Buffer.from(bytes), bytes.length) === null,
      ),
    );
  });
});

test('a process with a zombie main thread and other running threads is not dead', () => {
  expect(isDead({ ...EXPECTED, state: 'Z', threads: 1 })).toBe(true);
  expect(isDead({ ...EXPECTED, state: 'Z', threads: 3 })).toBe(false);
  expect(isDead({ ...EXPECTED, state: 'T', threads: 1 })).toBe(false);
});

describe('on Linux', () => {
  test('reads the stat file of this process', () => {
    const stat = readProcStat(process.pid);
    expect(stat).toMatchObject({ pid: process.pid, parentPid: process.ppid, state: 'R' });
    expect(stat?.threads).toBeGreaterThan(1);
    expect(listPids()).toContain(process.pid);
  });

  test('the resident memory matches the value that Node reports', () => {
    const pages = readProcStat(process.pid)?.rssPages ?? 0;
    const mb = (pages * PAGE_BYTES) / 2 ** 20;
    expect(mb).toBeGreaterThan((process.memoryUsage.rss() / 2 ** 20) * 0.8);
    expect(mb).toBeLessThan((process.memoryUsage.rss() / 2 ** 20) * 1.2);
  });

  test('the page size and clock ticks are those of the system', async () => {
    expect(await outputOf('getconf', ['PAGESIZE'])).toBe(String(PAGE_BYTES));
    expect(await outputOf('getconf', ['CLK_TCK'])).toBe(String(CLOCK_TICKS_PER_SECOND));
  });

  test('a reaped process is gone', async () => {
    const child = spawn('true');
    await once(child, 'exit');
    expect(readProcStat(child.pid!)).toBeNull();
  });

  test('reads the boot id', () => {
    expect(readBootId()).toBe(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
    expect(readBootId()).toMatch(/^[\da-f-]{36}$/);
  });
});

async function outputOf(command: string, args: readonly string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await once(child, 'close');
  return output.trim();
}
