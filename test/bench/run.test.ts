import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { requireTool } from '../support/require-tool.ts';

interface Found {
  readonly name: string;
  readonly groups: readonly { readonly title: string; readonly rows: readonly Row[] }[];
  readonly checks: readonly { readonly isOk: boolean; readonly facts: string }[];
  readonly skipped: readonly string[];
}

interface Row {
  readonly name: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly samples: readonly number[];
}

const RUN = fileURLToPath(new URL('../../bench/run.mjs', import.meta.url));
const TIMEOUT_MS = 120_000;
const execute = promisify(execFile);
let folder: string;

beforeEach(async () => {
  requireTool('gcc');
  folder = await mkdtemp(join(tmpdir(), 'healer-bench-test-'));
  await mkdir(join(folder, 'tmp'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function runBenchmarks(args: readonly string[], path = process.env['PATH']): Promise<string> {
  const env = { ...process.env, PATH: path, TMPDIR: join(folder, 'tmp') };
  return (await execute(process.execPath, [RUN, '--quick', ...args], { env })).stdout;
}

async function runForJson(args: readonly string[], path?: string): Promise<Found[]> {
  return JSON.parse(await runBenchmarks(['--json', ...args], path)).benchmarks;
}

function contendersOf({ groups }: Found): string[][] {
  return groups.map(({ rows }) => rows.map(({ name }) => name));
}

/** Returns the command lines of processes that still use this test's folder. */
function leftovers(): string[] {
  const lines = readdirSync('/proc').map((pid) => {
    try {
      return /^\d+$/.test(pid) ? readFileSync(`/proc/${pid}/cmdline`, 'latin1') : '';
    } catch {
      return '';
    }
  });
  return lines.filter((line) => line.includes(folder));
}

/** Returns a PATH with the programs that the benchmarks need, without a compiler. */
async function pathWithoutCompiler(): Promise<string> {
  const programs = join(folder, 'bin');
  await mkdir(programs);
  await symlink(process.execPath, join(programs, 'node'));
  for (const name of ['mkfifo', 'sleep']) await symlink(join('/usr/bin', name), join(programs, name));
  return programs;
}

describe('the benchmarks', { timeout: TIMEOUT_MS }, () => {
  test('measure every contender and leave neither files nor processes', async () => {
    const found = await runForJson(['--only', 'respawn,startup,idle']);

    const loops = ['C loop', 'bare Node', 'healer'];
    const parts = ['C loop', 'bare Node', 'healer, engine', 'healer, collector'];
    const commands = ['node -e 0', 'healer status', 'healer ls'];
    expect(found.map((each) => [each.name, contendersOf(each)])).toEqual([
      ['respawn', [loops, loops]],
      ['startup', [loops]],
      ['idle', [parts, parts, parts, commands]],
    ]);
    for (const row of found.flatMap(({ groups }) => groups.flatMap(({ rows }) => rows))) {
      expect(row.samples).not.toHaveLength(0);
      expect(row.min).toBeLessThanOrEqual(row.median);
      expect(row.median).toBeLessThanOrEqual(row.max);
    }
    expect(await readdir(join(folder, 'tmp'))).toEqual([]);
    expect(leftovers()).toEqual([]);
  });

  test('find every line of the log transport in the log files', async () => {
    const [logs] = await runForJson(['--only', 'logs']);
    const readers = ['C, pipe', "Node, stdio 'pipe'", 'healer'];
    expect(contendersOf(logs!)).toEqual([readers, readers]);
    expect(logs?.checks).toHaveLength(4);
    expect(logs?.checks.filter(({ isOk }) => !isOk)).toEqual([]);
  });

  test('measure under load, and draw how costs grow', async () => {
    const chart = join(folder, 'growth.svg');
    const [underLoad, growth] = await runForJson(['--only', 'under-load,growth', '--chart', chart]);
    expect(contendersOf(underLoad!)).toEqual([
      ['quiet', '2 programs at full speed, 3 clients'],
      ['engine', 'log collector'],
      ['write(2)'],
    ]);
    expect(new Set(contendersOf(growth!).map(String))).toEqual(new Set(['1 program,3 programs']));
    expect(readFileSync(chart, 'utf8').match(/<polyline /g)).toHaveLength(growth?.groups.length ?? 0);
  });

  test('omit the contenders in C without a compiler, and report it', async () => {
    const [startup, logs] = await runForJson(['--only', 'startup,logs'], await pathWithoutCompiler());
    expect(contendersOf(startup!)).toEqual([['bare Node', 'healer']]);
    expect(startup?.skipped).toEqual(['C loop: gcc is not installed']);
    expect(logs).toMatchObject({ groups: [], skipped: ['logs: the writer needs gcc, which is not installed'] });
  });

  test('print a readable table', async () => {
    const printed = await runBenchmarks(['--only', 'cli']);
    expect(printed).toMatch(/median +min +max +n +x node -e 0\n +node -e 0 .* 1\.00\n +healer --version /);
  });

  test('reject an unknown name', async () => {
    await expect(runBenchmarks(['--only', 'speed'])).rejects.toThrow(
      'unknown benchmark "speed"; available: respawn, startup',
    );
  });
});
