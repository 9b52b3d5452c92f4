import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

/** Far longer than any test: only shortening the stop ends it in time. */
const HOUR_MS = 3_600_000;

interface Command {
  readonly child: ChildProcessWithoutNullStreams;
  /** What it printed to both outputs so far. */
  readonly output: () => string;
  readonly ended: Promise<number | null>;
}

let home: HealerHome;

function begin(...args: readonly string[]): Command {
  const child = home.spawn(...args);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => (output += part));
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  return { child, output: () => output, ended };
}

async function printed({ output }: Command, pattern: RegExp): Promise<void> {
  await waitFor(() => pattern.test(output()) || null, `${String(pattern)} in the output of the command`);
}

/** Defines a program that ignores its stop signal, with a stop timeout of an hour. */
async function addStubborn(...ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    await home.ask((engine) =>
      engine.add({
        definition: {
          id,
          command: process.execPath,
          args: [
            '-e',
            'process.on("SIGTERM", () => undefined); setInterval(() => undefined, 1000); console.log("ready")',
          ],
          stop: { gracefulTimeoutMs: HOUR_MS },
        },
      }),
    );
    await home.state(id, 'running');
    await waitFor(
      async () => (await home.ok('logs', id)).includes('ready') || null,
      `"${id}" to ignore its stop signal`,
    );
  }
}

beforeEach(async () => {
  home = new HealerHome();
  home.list('other - - -- sleep 100000');
  await home.up();
});

afterEach(async () => {
  await home.run('down', '--timeout', '0s');
  await home[Symbol.asyncDispose]();
});

describe('a stop that takes long', () => {
  test('of the engine is explained after 5 s, and a second "down --timeout" shortens it', async () => {
    await addStubborn('db', 'web');
    const first = begin('down');
    await printed(
      first,
      /waiting for "db", "web".* to exit; press Ctrl-C twice to kill them, or run "healer down --timeout 2s"/,
    );
    const second = await home.run('down', '--timeout', '100ms');
    expect(second).toMatchObject({ code: 0 });
    expect(await first.ended).toBe(0);
    expect(first.output()).toMatch(/Force killed because they did not stop in time: db, web/);
    expect(first.output()).toMatch(/Stopped 3 programs/);
    expect(home.read('state/default/healing.log')).toContain('still waiting for');
  });

  test('of the engine ends when Ctrl-C is pressed twice', async () => {
    await addStubborn('db');
    const down = begin('down');
    await home.state('db', 'stopping');
    down.child.kill('SIGINT');
    await printed(down, /waiting for "db".* to exit; press Ctrl-C again to kill/);
    await new Promise((resolve) => setTimeout(resolve, 400));
    down.child.kill('SIGINT');
    expect(await down.ended).toBe(0);
    expect(down.output()).toMatch(/killing "db"[\s\S]*Force killed/);
  });

  test.each([
    ['stop', 'stop', /stopped "db" by SIGKILL/],
    ['restart', 'restart', /restarted "db" by SIGKILL/],
    ['disable', 'stop', /disabled "db" by SIGKILL/],
    ['remove', 'stop', /removed "db"/],
  ])('of "healer %s" is shortened by "healer %s --timeout"', async (command, shorter, expected) => {
    await addStubborn('db');
    const first = begin(command, 'db');
    await home.state('db', 'stopping');
    const second = begin(shorter, 'db', '--timeout', '100ms');
    expect(await first.ended).toBe(0);
    expect(first.output()).toMatch(expected);
    await second.ended;
  });

  test.each([
    ['stop', /stopped "db"/],
    ['restart', /restarted "db"/],
    ['remove', /removed "db"/],
  ])('of "healer %s" ends when Ctrl-C is pressed twice', async (command, expected) => {
    await addStubborn('db');
    const first = begin(command, 'db');
    await home.state('db', 'stopping');
    first.child.kill('SIGINT');
    await printed(first, /waiting for "db".* to exit; press Ctrl-C again/);
    await new Promise((resolve) => setTimeout(resolve, 400));
    first.child.kill('SIGINT');
    expect(await first.ended).toBe(0);
    expect(first.output()).toMatch(expected);
    const rows = await home.rows();
    expect(rows.get('db')?.state).toBe({ stop: 'stopped', restart: rows.get('db')?.state, remove: undefined }[command]);
  });

  test('of an engine in the foreground ends when Ctrl-C is pressed twice', async () => {
    await home.run('down');
    const engine = begin('up', '--foreground', '-f', home.listFile);
    await waitFor(async () => home.ask(() => Promise.resolve(true)).catch(() => null), 'the engine to answer');
    await addStubborn('db');
    engine.child.kill('SIGINT');
    await home.state('db', 'stopping');
    await new Promise((resolve) => setTimeout(resolve, 400));
    engine.child.kill('SIGINT');
    expect(await engine.ended).toBe(0);
  });
});
