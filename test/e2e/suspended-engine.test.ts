import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readLockOwner } from '../../src/base/lock-owner.ts';
import { readProcStat } from '../../src/base/proc-stat.ts';
import { connectLocal } from '../../src/client/connection/connection.ts';
import { COMMAND_LINES, OFFLINE } from '../support/every-command.ts';
import { HealerHome } from '../support/healer-home.ts';
import { CLI } from '../support/run-cli.ts';
import { Terminal } from '../support/terminal.ts';
import { waitFor } from '../support/wait-for.ts';

let home: HealerHome;
let pid: number;
beforeAll(async () => {
  home = new HealerHome();
  await home.up('web - - -- sh -c "echo began; exec sleep 100000"');
  pid = readLockOwner(home.paths.lock)?.pid ?? 0;
});
afterAll(async () => {
  process.kill(pid, 'SIGCONT');
  await home.down();
  await home[Symbol.asyncDispose]();
});

async function suspend(): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  await waitFor(() => readProcStat(pid)?.state === 'T', 'the engine to be suspended');
}

const words = (): string =>
  `the engine (pid ${String(pid)}) does not answer: it is suspended (state T, by SIGSTOP or Ctrl-Z) — continue it with "kill -CONT ${String(pid)}"`;

describe('a suspended engine', () => {
  beforeAll(suspend);

  test.each(COMMAND_LINES.filter(([name]) => !OFFLINE.has(name)).map((line) => [line.join(' '), line] as const))(
    'is reported by "%s" in a bounded time',
    async (_name, line) => {
      const { code, stdout, stderr } = await home.run(...line);
      expect(code).not.toBe(0);
      expect(`${stdout}${stderr}`.replace(/\s+/g, ' ')).toContain(words());
    },
  );

  test('is reported by the terminal UI', async () => {
    await using terminal = new Terminal([process.execPath, CLI, 'tui'], {
      columns: 200,
      env: { ...home.env },
    });
    await terminal.waitFor('suspended (state T');
  });

  test('is reported although its queue of connections is full', async () => {
    const connecting = Array.from({ length: 700 }, () =>
      connectLocal({ socketPath: home.paths.socket, clientName: 'crowd' }).then(
        () => 'connected',
        (error: unknown) => String(error),
      ),
    );
    for (const result of await Promise.all(connecting)) expect(result).toContain(words());
  });
});

test.each([
  ['logs', 'web', '-f'],
  ['events', '-f'],
])('healer %s %s says when the engine is suspended, and continues with it', async (...args) => {
  process.kill(pid, 'SIGCONT');
  const client = home.spawn(...args);
  let [stdout, stderr] = ['', ''];
  client.stdout.on('data', (chunk) => (stdout += String(chunk)));
  client.stderr.on('data', (chunk) => (stderr += String(chunk)));
  try {
    const print = (): Promise<string> => home.ok('restart', 'web');
    await waitFor(async () => {
      await print();
      return stdout !== '';
    }, 'the stream to be open');
    await suspend();
    const word = `the engine (pid ${String(pid)}) is suspended (state T`;
    await waitFor(() => stderr.includes(word), 'the message');
    process.kill(pid, 'SIGCONT');
    await waitFor(() => stderr.includes('the engine was continued'), 'the next message');
    const before = stdout.length;
    await print();
    await waitFor(() => stdout.length > before, 'the stream to continue');
    expect(stderr.split(word)).toHaveLength(2);
  } finally {
    client.kill('SIGKILL');
  }
});

test('the terminal UI says when the engine is suspended, and continues with it', async () => {
  process.kill(pid, 'SIGCONT');
  await using terminal = new Terminal([process.execPath, CLI, 'tui'], { columns: 200, env: { ...home.env } });
  await terminal.waitFor('running');
  await suspend();
  await terminal.waitFor('the engine is not responding');
  process.kill(pid, 'SIGCONT');
  await waitFor(() => !terminal.screen().includes('not responding'), 'the screen to continue');
});

test('an engine that is suspended during a request is reported in the same words', async () => {
  process.kill(pid, 'SIGCONT');
  const connection = await connectLocal({ socketPath: home.paths.socket, clientName: 'test' });
  await suspend();
  const sentence = words().replace(' — ', ', so the result is unknown — ');
  await expect(connection.api.list({})).rejects.toMatchObject({ code: 'TIMEOUT', message: sentence });
  connection.close();
});
