import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { acquireInstanceLock, acquireInstanceLocks } from '../../../src/engine/store/instance-lock.ts';
import { toHealerError } from '../../../src/protocol/errors.ts';
import { bundleProgram, type BundledProgram } from '../../support/bundled-program.ts';
import { requireLibc } from '../../support/launch-room.ts';

const KINDS = ['native', 'plain'] as const;
type Kind = (typeof KINDS)[number];

let holder: BundledProgram;
beforeAll(async () => {
  holder = await bundleProgram('hold-lock.ts');
});
afterAll(() => holder[Symbol.asyncDispose]());

describe.each(KINDS)('the lock of an instance, %s', (kind) => {
  const libc = kind === 'native' ? requireLibc() : null;
  const holders: ChildProcess[] = [];
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'healer-lock-'));
    path = join(folder, 'run', 'default.lock');
  });

  afterEach(async () => {
    for (const child of holders.splice(0)) await end(child);
    rmSync(folder, { recursive: true, force: true });
  });

  async function startHolder(): Promise<{ child: ChildProcess; said: string }> {
    const env = { ...process.env, ...holder.env };
    const child = spawn(process.execPath, [holder.path, path, kind], { stdio: ['ignore', 'pipe', 'inherit'], env });
    holders.push(child);
    const [said] = (await once(createInterface(child.stdout), 'line')) as [string];
    return { child, said };
  }

  function refusal(): ReturnType<typeof toHealerError> {
    try {
      acquireInstanceLock(path, libc).release();
    } catch (error) {
      return toHealerError(error);
    }
    throw new Error('the lock was acquired twice');
  }

  test('rejects a second engine and names the first', async () => {
    const { child, said } = await startHolder();
    expect(said).toBe('held');
    expect(refusal()).toMatchObject({ code: 'ALREADY_RUNNING', data: { pid: child.pid, lock: path } });
    expect(refusal().message).toContain(`pid ${String(child.pid)}`);
  });

  test('is free as soon as its owner is killed', async () => {
    const { child } = await startHolder();
    await end(child);
    expect(existsSync(path)).toBe(true);
    acquireInstanceLock(path, libc).release();
  });

  test('is free after its release, and leaves no file', () => {
    acquireInstanceLock(path, libc).release();
    expect(existsSync(path)).toBe(false);
    acquireInstanceLock(path, libc).release();
  });

  test.each([
    ['nonsense', 'nonsense'],
    ['nothing', ''],
    ['a pid that does not exist', JSON.stringify({ pid: 2 ** 22 - 1, startTicks: 5 })],
    ['a reused pid', JSON.stringify({ pid: process.pid, startTicks: 5 })],
  ])('replaces a stale file that contains %s', (_what, text) => {
    acquireInstanceLock(path, libc).release();
    writeFileSync(path, text);
    const lock = acquireInstanceLock(path, libc);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid });
    lock.release();
  });

  test('is recreated after it was removed with its folder, and still rejects a second engine', () => {
    const lock = acquireInstanceLock(path, libc);
    expect(lock.isInPlace()).toBe(true);
    rmSync(join(folder, 'run'), { recursive: true });
    expect(lock.isInPlace()).toBe(false);
    lock.restore();
    expect(lock.isInPlace()).toBe(true);
    expect(refusal()).toMatchObject({ code: 'ALREADY_RUNNING', data: { pid: process.pid } });
    lock.release();
  });

  test('rejects a second engine by the lock of the state if the one in the runtime folder is gone', () => {
    const paths = { lock: path, stateLock: join(folder, 'state', 'engine.lock') };
    const locks = acquireInstanceLocks(paths, libc);
    rmSync(path);
    expect(() => acquireInstanceLocks(paths, libc)).toThrow(/engine.lock"\), perhaps with another XDG_RUNTIME_DIR/);
    expect(existsSync(path)).toBe(false);
    locks.restore();
    expect(refusal()).toMatchObject({ code: 'ALREADY_RUNNING' });
    locks.release();
    expect([path, paths.stateLock].filter((one) => existsSync(one))).toEqual([]);
  });

  test('does not touch a file that another engine created in its place', () => {
    const lost = acquireInstanceLock(path, libc);
    rmSync(path);
    writeFileSync(path, '');
    const lock = acquireInstanceLock(path, libc);
    lost.release();
    expect(lock.isInPlace()).toBe(true);
    lock.release();
    expect(existsSync(path)).toBe(false);
  });

  test('is readable by its owner only', () => {
    const lock = acquireInstanceLock(path, libc);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    lock.release();
  });
});

test('only one of ten engines that start simultaneously gets the lock', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'healer-lock-'));
  const env = { ...process.env, ...holder.env };
  const children = Array.from({ length: 10 }, () =>
    spawn(process.execPath, [holder.path, join(folder, 'lock'), 'native' satisfies Kind], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env,
    }),
  );
  try {
    const said = await Promise.all(children.map(({ stdout }) => once(createInterface(stdout), 'line')));
    const words = said.map(([line]) => String(line).split(' ')[0]);
    expect(words.toSorted()).toEqual(['held', ...Array.from({ length: 9 }, () => 'refused')]);
  } finally {
    await Promise.all(children.map(end));
    rmSync(folder, { recursive: true, force: true });
  }
});

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
