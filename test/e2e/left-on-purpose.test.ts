import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isAlive } from '../../src/base/process-liveness.ts';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

const TIMEOUT_MS = 120_000;
/** Starts a daemon, notes its pid, and continues until it is stopped. */
const SCRIPT = `#!/bin/sh
setsid sh -c 'echo $$ >> daemons; exec sleep 3600' &
exec sleep 3600
`;

let home: HealerHome;
let file: string;
beforeEach(() => {
  home = new HealerHome();
  file = join(home.folder, 'healer.yaml');
  home.write('app.sh', SCRIPT);
});
afterEach(() => home[Symbol.asyncDispose]());

/** Writes a file that defines "app" with this policy, or only another program. */
function define(leftovers: 'leave' | 'kill' | null): void {
  const app = `  app: { command: ./app.sh, leftovers: ${String(leftovers)}, startSeconds: 0 }\n`;
  writeFileSync(file, `processes:\n  other: { command: sleep, args: ["3600"] }\n${leftovers === null ? '' : app}`);
}

/** Changes the policy of a program that runs. */
async function redefine(leftovers: 'leave' | 'kill'): Promise<void> {
  define(leftovers);
  await home.ok('reload-config');
  const { leftovers: known } = await home.ask(async (api) => (await api.describe({ id: 'app' })).spec);
  expect(known).toBe(leftovers);
}

/** Returns the pid of the latest daemon, once there are this many. */
async function daemonOf(run: number): Promise<number> {
  const pids = await waitFor(() => {
    const found = home.read('daemons').split('\n').filter(Boolean).map(Number);
    return found.length >= run ? found : null;
  }, `daemon ${run}`);
  const pid = pids[run - 1] ?? 0;
  await waitFor(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('sleep'), 'the daemon to start');
  return pid;
}

async function up(): Promise<void> {
  await home.ok('up', '-f', file);
}

/** Starts "app", and waits for its daemon. Returns the pid of the daemon. */
async function startWith(leftovers: 'leave' | 'kill'): Promise<number> {
  define(leftovers);
  await up();
  return daemonOf(1);
}

function gone(pid: number): Promise<unknown> {
  return waitFor(() => !isAlive(pid), 'the daemon to exit');
}

describe('after a change from "leave" to "kill" during a run', () => {
  test(
    'a stop terminates the daemon of that run, and spares the one of an earlier run',
    { timeout: TIMEOUT_MS },
    async () => {
      const earlier = await startWith('leave');
      await home.ok('restart', 'app');
      const daemon = await daemonOf(2);
      await redefine('kill');
      await home.ok('stop', 'app');
      await gone(daemon);
      await home.ok('start', 'app');
      await home.ok('stop', 'app');
      expect(isAlive(earlier)).toBe(true);
      await home.ok('down');
      expect(isAlive(earlier)).toBe(true);
    },
  );

  test('the daemon is terminated after a kill of the engine too', { timeout: TIMEOUT_MS }, async () => {
    const daemon = await startWith('leave');
    await redefine('kill');
    await home.killEngine();
    await up();
    await home.ok('stop', 'app');
    await gone(daemon);
  });

  test('the shutdown terminates the daemon', { timeout: TIMEOUT_MS }, async () => {
    const daemon = await startWith('leave');
    await redefine('kill');
    await home.ok('down');
    await gone(daemon);
  });
});

describe('after a change from "kill" to "leave" during a run', () => {
  test('a stop, a shutdown and the next engine spare the daemon', { timeout: TIMEOUT_MS }, async () => {
    const daemon = await startWith('kill');
    await redefine('leave');
    await home.ok('stop', 'app');
    await home.ok('down');
    expect(isAlive(daemon)).toBe(true);
    await up();
    await home.ok('down');
    expect(isAlive(daemon)).toBe(true);
  });

  test('engines that no longer know the program spare the daemon', { timeout: TIMEOUT_MS }, async () => {
    const daemon = await startWith('kill');
    await redefine('leave');
    await home.ok('down');
    define(null);
    await up();
    await home.ok('down');
    await up();
    await home.killEngine();
    await up();
    await home.ok('down');
    expect(isAlive(daemon)).toBe(true);
  });
});

test(
  'a daemon that was left on purpose survives engines that no longer know its program',
  { timeout: TIMEOUT_MS },
  async () => {
    const daemon = await startWith('leave');
    await home.ok('down');
    define(null);
    await up();
    await home.killEngine();
    await up();
    await home.ok('down');
    expect(isAlive(daemon)).toBe(true);
  },
);
