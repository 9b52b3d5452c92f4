import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defineWeb, differences, type Outcome, outcomesOf, type RunCommand } from '../support/command-outcomes.ts';
import { HealerHome } from '../support/healer-home.ts';
import { CLI, finished } from '../support/run-cli.ts';

const TIMEOUT_MS = 240_000;
/** They read or write files of the current folder. */
const NEED_FOLDER = ['import Procfile', 'detect series.csv', 'init --stdout', 'record web recording --past'];
const GONE = 'healer: this folder no longer exists; change to another one\n';

let home: HealerHome;
beforeEach(() => (home = new HealerHome()));
afterEach(() => home[Symbol.asyncDispose]());

let known: Promise<ReadonlyMap<string, Outcome>> | undefined;

/** Returns how each command ends usually. */
function usual(): Promise<ReadonlyMap<string, Outcome>> {
  const run = async (): Promise<ReadonlyMap<string, Outcome>> => {
    await using other = new HealerHome();
    const tui = { command: [process.execPath, CLI, 'tui'], env: other.env };
    return await outcomesOf((...args) => other.run(...args), defineWeb(other), tui);
  };
  return (known ??= run());
}

/** Runs commands through a shell that prepares the environment. */
function through(script: string, env: NodeJS.ProcessEnv): RunCommand {
  return (...args) => {
    const [shell = '', ...words] = wordsOf(script, ...args);
    return finished(spawn(shell, words, { cwd: home.folder, env }));
  };
}

function wordsOf(script: string, ...args: readonly string[]): readonly string[] {
  return ['/bin/sh', '-c', script, 'sh', join(home.folder, 'deleted'), process.execPath, CLI, ...args];
}

const IN_DELETED_FOLDER = 'mkdir "$1" && cd "$1" && rmdir "$1" && shift && exec "$@"';
const WITHOUT_HOME = 'unset HOME; shift; exec "$@"';

describe('every command works as usual or says one clear sentence', () => {
  test('in a folder that was deleted', { timeout: TIMEOUT_MS }, async () => {
    const tui = { command: wordsOf(IN_DELETED_FOLDER, 'tui'), env: home.env };
    const found = await outcomesOf(through(IN_DELETED_FOLDER, home.env), defineWeb(home), tui);
    const different = Object.entries(differences(await usual(), found));
    expect(different.filter(([name]) => !NEED_FOLDER.includes(name))).toEqual([]);
    for (const name of NEED_FOLDER) expect(found.get(name)?.stderr).toBe(GONE);
  });

  test('in a folder that was deleted, with HEALER_HOME relative to it', async () => {
    const run = through(IN_DELETED_FOLDER, { ...home.env, HEALER_HOME: 'h' });
    for (const args of [['ls'], ['tui'], ['up'], ['status'], ['doctor'], ['startup', 'systemd', '--system']]) {
      expect(await run(...args)).toMatchObject({ code: 1, stderr: GONE });
    }
  });

  test('without HOME', { timeout: TIMEOUT_MS }, async () => {
    const tui = { command: wordsOf(WITHOUT_HOME, 'tui'), env: home.env };
    const found = await outcomesOf(through(WITHOUT_HOME, home.env), defineWeb(home), tui);
    expect(differences(await usual(), found)).toEqual({});
  });
});
