import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

let home: HealerHome;
let editor: string;
let script: string;
const opened: ChildProcess[] = [];

beforeEach(() => {
  home = new HealerHome();
  // Not the name of an interpreter, whose arguments would have to match too.
  editor = join(home.folder, 'editor');
  symlinkSync(process.execPath, editor);
  script = home.write('window.mjs', "process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000);");
});
afterEach(async () => {
  for (const child of opened.splice(0)) child.kill('SIGKILL');
  await home[Symbol.asyncDispose]();
});

/** Starts the program as a person does on a desktop: not as a child of the engine. */
function open(...args: readonly string[]): ChildProcess & { readonly pid: number } {
  const { PATH = '' } = process.env;
  const child = spawn(editor, args.length === 0 ? [script] : args, { env: { PATH }, stdio: 'ignore' });
  if (child.pid === undefined) throw new Error('the editor could not be started');
  opened.push(child);
  return Object.assign(child, { pid: child.pid });
}

async function close(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

async function up(): Promise<void> {
  await home.up(`editor - 500 -- ${editor} ${script}`);
  process.kill(await running(), 'SIGTERM');
  await home.state('editor', 'exited');
}

async function running(): Promise<number> {
  await home.state('editor', 'running');
  return home.pid('editor');
}

async function why(pattern: RegExp): Promise<void> {
  await waitFor(async () => pattern.test((await home.row('editor')).why), `the reason to match ${String(pattern)}`);
}

test('a program that its user closes and opens again is adopted, and healed from then on', async () => {
  await up();
  for (let round = 0; round < 2; round++) {
    const child = open();
    expect(await running()).toBe(child.pid);
    await close(child);
    await home.state('editor', 'exited');
  }
  const { pid } = open();
  expect(await running()).toBe(pid);
  process.kill(pid, 'SIGKILL');
  await home.event('restarted');
  expect(await running()).not.toBe(pid);
  await home.down();
});

test('a program that the operator has stopped stays stopped; the reason mentions the process', async () => {
  await up();
  await home.ok('start', 'editor');
  await home.ok('stop', 'editor');
  const child = open();
  await why(/^stopped by the operator; an unmanaged "editor" is running \(pid \d+\): "healer start editor" adopts it$/);
  expect((await home.row('editor')).state).toBe('stopped');
  expect(await home.ok('why', 'editor')).toContain(`(pid ${String(child.pid)})`);
  await close(child);
  await why(/^stopped by the operator$/);
  const again = open();
  await why(/an unmanaged "editor" is running/);
  await home.ok('start', 'editor');
  expect(await running()).toBe(again.pid);
  await home.down();
});

test('of several processes none is adopted, until only one is left', async () => {
  await up();
  const [first, second] = [open(), open()];
  await why(/several unmanaged "editor" processes are running \(pids \d+, \d+\), so none is adopted$/);
  expect((await home.row('editor')).state).toBe('exited');
  await close(first);
  expect(await running()).toBe(second.pid);
  await home.down();
});

test('a process that exits at once is not adopted', async () => {
  await up();
  await once(open('--version'), 'exit');
  const last = open('-e', 'setTimeout(() => {}, 1200)');
  await once(last, 'exit');
  const child = open();
  expect(await running()).toBe(child.pid);
  expect((await home.kinds('editor')).filter((kind) => kind === 'adopted')).toHaveLength(1);
  await home.down();
});
