import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ProgramCommands } from '../../../src/engine/launching/program-commands.ts';
import { spec } from '../../support/programs.ts';

let folder: string;
/** What happened, in order: "start N" for each command. */
let happened: string[];
let commands: ProgramCommands;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'healer-commands-'));
  happened = [];
  commands = new ProgramCommands({
    surroundings: (_, number) => ({
      env: process.env as Readonly<Record<string, string>>,
      cwd: folder,
      through: [],
      start: (start) => {
        happened.push(`start ${String(number - 2_000_000_000)}`);
        return start();
      },
      endRest: () => [],
    }),
    write: (_, stream, text) => void happened.push(`${stream}: ${text}`),
  });
});
afterEach(() => rmSync(folder, { recursive: true }));

function run(script: string, timeoutMs = 30_000): ReturnType<ProgramCommands['run']> {
  const command = { command: 'sh', args: ['-c', script], timeoutMs };
  return commands.run({ spec: spec(), command, label: 'hook ready' });
}

describe('commands of programs', () => {
  test('are started one at a time, and other things happen in between', async () => {
    const all = [run('true'), run('true'), run('true'), run('true')];
    const between = (): void => {
      happened.push('other');
      if (happened.filter((word) => word.startsWith('start')).length < 4) setImmediate(between);
    };
    setImmediate(between);
    await Promise.all(all);
    const from = happened.slice(happened.indexOf('start 1'), happened.indexOf('start 4') + 1);
    expect(from.filter((word) => word.startsWith('start'))).toEqual(['start 1', 'start 2', 'start 3', 'start 4']);
    expect(from.join()).not.toMatch(/start \d,start/);
  });

  test('that hang do not delay others', async () => {
    const hanging = run('exec sleep 1000', 60_000);
    expect(await run('echo done')).toEqual({ ok: true, outcome: 'exited with code 0' });
    expect(happened).toContain('stdout: [hook ready] done');
    await commands.close({ patienceMs: 0, startsMs: 1_000 });
    expect(await hanging).toEqual({ ok: false, outcome: 'was killed, because it is no longer needed' });
  });

  test('that wait for their turn are started before the engine exits', async () => {
    const all = Array.from({ length: 12 }, () => run('echo x >> ran'));
    await commands.close({ patienceMs: 20_000, startsMs: 20_000 });
    expect((await Promise.all(all)).every(({ ok }) => ok)).toBe(true);
    expect(readFileSync(join(folder, 'ran'), 'utf8')).toBe('x\n'.repeat(12));
  });

  test('that wait for their turn when the time is up are left out', async () => {
    const all = Array.from({ length: 12 }, () => run('exec sleep 1000'));
    await commands.close({ patienceMs: 0, startsMs: 0 });
    const outcomes = await Promise.all(all);
    expect(outcomes.every(({ ok }) => !ok)).toBe(true);
    expect(outcomes.at(-1)?.outcome).toBe('was not started: it is no longer needed');
  });
});
