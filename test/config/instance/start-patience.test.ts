import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { thisProcess } from '../../../src/base/lock-owner.ts';
import { StartPatience } from '../../../src/config/instance/start-patience.ts';
import { readStartProgress, StartProgressNote } from '../../../src/config/instance/start-progress.ts';
import { waitFor } from '../../support/wait-for.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'healer-progress-'));
  file = join(folder, 'default.starting');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function record(started: number): void {
  writeFileSync(file, JSON.stringify({ ...thisProcess(), started, total: 3_000 }));
}

/** A process that uses CPU, or none. */
function startProgram(script: string): { readonly pid: number } & Disposable {
  const child = spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
  return { pid: child.pid ?? 0, [Symbol.dispose]: () => void child.kill('SIGKILL') };
}

describe('the progress of a start', () => {
  test('is read while the engine lives', () => {
    new StartProgressNote(file).note(25, 3_000);
    expect(readStartProgress(file)).toEqual({ pid: process.pid, started: 25, total: 3_000 });
  });

  test('of an engine that died is ignored', () => {
    writeFileSync(file, JSON.stringify({ pid: process.pid, startTicks: 1, started: 25, total: 3_000 }));
    expect(readStartProgress(file)).toBeNull();
  });

  test.each(['', '{', '[]', 'null', '{"pid":"1"}', '{"pid":1}'])('that is damaged is ignored: %s', (text) => {
    writeFileSync(file, text);
    expect(readStartProgress(file)).toBeNull();
  });

  test('of few programs is not recorded, and a note that cannot be written is no failure', () => {
    new StartProgressNote(file).note(0, 20);
    expect(readStartProgress(file)).toBeNull();
    const lost = new StartProgressNote(join(folder, 'missing', 'file'));
    lost.note(0, 3_000);
    lost.remove();
  });

  test('is removed at the end', () => {
    const note = new StartProgressNote(file);
    note.note(0, 3_000);
    note.remove();
    expect(readStartProgress(file)).toBeNull();
  });
});

describe('a command that waits for an engine', () => {
  test('gives up on one that does nothing', async () => {
    using idle = startProgram('setTimeout(() => {}, 1e6)');
    const patience = new StartPatience(idle.pid, file, { stalledMs: 1_500, busyMs: 100_000 });
    expect(patience.keepsWaiting()).toBe(true);
    await waitFor(() => !patience.keepsWaiting(), 'the patience to end');
  });

  test('waits while programs are started', async () => {
    using idle = startProgram('setTimeout(() => {}, 1e6)');
    const patience = new StartPatience(idle.pid, file, { stalledMs: 1_000, busyMs: 1_000 });
    const until = performance.now() + 3_000;
    let started = 0;
    await waitFor(() => {
      record((started += 1));
      expect(patience.keepsWaiting()).toBe(true);
      expect(patience.progress).toMatchObject({ started, total: 3_000 });
      return performance.now() > until;
    }, 'three times the limit');
  });

  test('waits while the engine uses CPU, but not without end', async () => {
    using busy = startProgram('for (;;);');
    const beganAt = performance.now();
    const patience = new StartPatience(busy.pid, file, { stalledMs: 2_000, busyMs: 6_000 });
    await waitFor(() => !patience.keepsWaiting(), 'the patience to end');
    expect(performance.now() - beganAt).toBeGreaterThan(5_900);
  });
});
