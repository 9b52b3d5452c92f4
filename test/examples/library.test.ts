import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { freePort } from '../support/free-port.ts';
import { callHttp } from '../support/api-room.ts';
import { waitFor } from '../support/wait-for.ts';

const FOLDER = fileURLToPath(new URL('../../examples/library/', import.meta.url));
const SLEEPY = `sleepy - - -- ${process.execPath} -e "setInterval(() => undefined, 1000)"`;

const running = new Set<ChildProcess>();

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
});

interface Example {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly exit: Promise<number | null>;
}

function run(home: HealerHome, name: string, ...args: readonly string[]): Example {
  const child = spawn(process.execPath, [join(FOLDER, name), ...args], { cwd: home.folder, env: home.env });
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += String(chunk)));
  return { child, output: () => output, exit: new Promise((resolve) => child.once('close', resolve)) };
}

describe('the library examples', () => {
  test('watch-and-operate restarts a program and receives its events', async () => {
    await using home = new HealerHome();
    await home.up(SLEEPY);
    await home.state('sleepy', 'running');
    const example = run(home, 'watch-and-operate.mjs', 'sleepy');
    expect(await example.exit).toBe(0);
    expect(example.output()).toMatch(/^restart of sleepy: (starting|running)$/m);
    expect(example.output()).toMatch(/^running: /m);
    expect(example.output()).toContain('PROCESS_NOT_FOUND: no program is called "no-such-program"');
    await home.down();
  });

  test('remote lists the programs of an engine', async () => {
    await using home = new HealerHome();
    const port = await freePort();
    home.extraEnv = { HEALER_API_PORT: String(port) };
    await home.up(SLEEPY);
    await home.event('serving');
    const example = run(home, 'remote.mjs', `http://127.0.0.1:${port}`);
    expect(await example.exit).toBe(0);
    expect(example.output()).toMatch(/^instance default, healer [\d.]+\nsleepy is (starting|running)\n$/);
    await home.down();
  });

  test('embed runs its own engine and leaves no process behind', async () => {
    await using home = new HealerHome();
    const example = run(home, 'embed.mjs', home.folder);
    expect(await example.exit).toBe(0);
    expect(example.output()).toBe('tick\ntick\ntick\n');
    await home.empty();
  });

  test('aliveness reports whether its work succeeds', async () => {
    await using home = new HealerHome();
    const example = run(home, 'aliveness.mjs');
    const port = await waitFor(() => Number(/:(\d+)\/health/.exec(example.output())?.[1] ?? 0) || null, 'the port');
    expect(await callHttp(port, '/health', {})).toMatchObject({ status: 200 });
    example.child.kill('SIGUSR2');
    await waitFor(async () => (await callHttp(port, '/health', {})).status === 503, 'the status to change');
    expect(JSON.parse((await callHttp(port, '/status', {})).text)).toMatchObject({
      healthy: false,
      pid: example.child.pid,
    });
  });
});
