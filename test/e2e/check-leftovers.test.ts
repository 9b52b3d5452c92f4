import { readdirSync, readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { requireTool } from '../support/require-tool.ts';
import { waitFor } from '../support/wait-for.ts';

/** Forks twice in a new session and replaces itself, with an empty environment. */
const DOUBLE_FORK =
  'import os,sys\nif os.fork()==0:\n os.setsid()\n if os.fork()==0: os.execve("/bin/sleep",["sleep",sys.argv[1]],{})\n os._exit(0)';

/** Without a writable cgroup hierarchy, both are the same. */
const CONTAINMENTS: readonly (readonly [how: string, env: Record<string, string>])[] = [
  ['with cgroups', {}],
  ['without cgroups', { HEALER_NO_CGROUP: '1' }],
];

test.each(CONTAINMENTS)('no process of any check is left, %s', async (_how, env) => {
  requireTool('python3');
  await using home = new HealerHome();
  home.extraEnv = env;
  // Only this test starts processes with these arguments, some of which have no variable of this home.
  const serial = `${String(process.pid)}${String(Date.now() % 100_000)}`;
  const [a, b, c, d] = ['1', '2', '3', '4'].map((last) => `${serial}${last}`);
  onTestFinished(() => {
    for (const pid of strays(serial)) process.kill(Number(pid), 'SIGKILL');
  });
  const doubled = home.write('double.py', DOUBLE_FORK);
  const checks = {
    a: `setsid sleep ${a} & sleep ${a}`,
    b: `python3 ${doubled} ${b}`,
    c: `setsid sleep ${c} & sleep ${c}`,
    d: `setsid env -i sleep ${d} & sleep ${d}`,
  };
  const asUser = process.getuid?.() === 0 ? 'user: nobody' : 'nice: 5';
  const program = ([id, script]: readonly [string, string]): string =>
    `  ${id}: {command: sleep, args: ['100000'], cwd: /, ${id === 'c' ? `${asUser}, ` : ''}restart: {policy: always}, health: {intervalMs: 300, timeoutMs: 400, ` +
    `consecutiveFailuresRequired: 1000, startupCheck: {initialDelayMs: 10, checkIntervalMs: 50, maxAttempts: 100000}, ` +
    `check: {type: exec, command: sh, args: ['-c', '${script}']}}}`;
  home.write('healer.yaml', `processes:\n${Object.entries(checks).map(program).join('\n')}\n`);
  await home.ok('up', '-f', `${home.folder}/healer.yaml`);
  await checkedOften(home, 12);
  // At most the processes of the current check of each program: two, and the second of two forks for a moment.
  const counts: number[] = [];
  for (let count = 0; count < 20; count++) {
    counts.push(strays(serial).length);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(Math.max(...counts)).toBeLessThanOrEqual(12);
  for (let kill = 0; kill < 3; kill++) {
    await home.killEngine();
    await home.ok('up', '-f', `${home.folder}/healer.yaml`);
    await checkedOften(home, 4);
  }
  await home.ok('stop', 'all');
  await waitFor(() => strays(serial).length === 0, 'no process of a check to be left after a stop');
  await home.ok('start', 'all');
  await checkedOften(home, 4);
  await home.killEngine();
  // The checks are gone from the definition, and the processes of the last ones are found all the same.
  home.write('healer.yaml', 'processes:\n  - {id: other, command: sleep, args: ["100000"]}\n');
  await home.ok('up', '-f', `${home.folder}/healer.yaml`, '--yes');
  await waitFor(() => strays(serial).length === 0, 'no process of a check to be left after a new engine has started');
  await home.down();
  expect(strays(serial)).toEqual([]);
});

/** Waits until each program has been checked this many times. */
async function checkedOften(home: HealerHome, count: number): Promise<void> {
  for (const id of ['a', 'b', 'c', 'd']) {
    await waitFor(
      async () => {
        const { health } = await home.ask((api) => api.describe({ id }));
        return (health?.results.length ?? 0) >= count;
      },
      `${String(count)} checks of "${id}"`,
    );
  }
}

function strays(serial: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandLineOf(pid).startsWith(`sleep ${serial}`));
}

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
