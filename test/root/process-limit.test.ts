import { execFileSync, spawn } from 'node:child_process';
import { chownSync } from 'node:fs';
import { expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { CLI, type CliResult, finished } from '../support/run-cli.ts';
import { waitFor } from '../support/wait-for.ts';

const PATIENCE_MS = 30_000;
/** No other process runs as this user, because the limit counts all processes of a user. */
const USER = String(40_000 + (process.pid % 20_000));
/** The engine and the log collector have about 18 threads. */
const LIMIT = 36;
const PROGRAMS = Array.from({ length: 30 }, (_, at) => `p${String(at)} - - -- sleep 100000`);

const AS_USER = ['--reuid', USER, '--regid', USER, '--clear-groups'];

/** Runs a command as a user who may have only so many processes. The limit does not apply to root. */
function runLimited(home: HealerHome, ...args: readonly string[]): Promise<CliResult> {
  return runAs([...AS_USER, 'prlimit', `--nproc=${String(LIMIT)}:`], home, args);
}

/** Runs a command as the same user without the limit: Node cannot start where no thread is left. */
function runUnlimited(home: HealerHome, ...args: readonly string[]): Promise<CliResult> {
  return runAs(AS_USER, home, args);
}

/** Returns the number of programs that run. A command of the user would itself use up the processes that are free. */
function programsOfUser(): number {
  const rows = execFileSync('ps', ['-u', USER, '-o', 'args='], { encoding: 'utf8' }).split('\n');
  return rows.filter((row) => row === 'sleep 100000').length;
}

function runAs(prefix: readonly string[], home: HealerHome, args: readonly string[]): Promise<CliResult> {
  return finished(spawn('setpriv', [...prefix, process.execPath, CLI, ...args], { cwd: home.folder, env: home.env }));
}

test('without free processes, programs wait with the reason, and start once others have exited', async () => {
  await using home = new HealerHome();
  chownSync(home.folder, Number(USER), Number(USER));
  home.list(...PROGRAMS);
  const count = async (state: string): Promise<number> => {
    const { stdout } = await runUnlimited(home, 'ls', '--json');
    return (JSON.parse(stdout) as { readonly state: string }[]).filter((row) => row.state === state).length;
  };
  expect((await runLimited(home, 'up', '-f', home.listFile)).code).toBe(0);
  const running = await waitFor(
    async () => ((await count('running')) + (await count('waiting')) === 30 ? await count('running') : null),
    'all programs to run or wait',
    PATIENCE_MS,
  );
  expect(running).toBeGreaterThan(2);
  expect(running).toBeLessThan(30);
  const { stdout } = await runUnlimited(home, 'status');
  expect(stdout).toMatch(
    new RegExp(`programs are waiting for processes: limit ${String(LIMIT)} of this user, raise LimitNPROC`),
  );
  const rows = JSON.parse((await runUnlimited(home, 'ls', '--json')).stdout) as {
    id: string;
    state: string;
    restarts: number;
  }[];
  expect(rows.every(({ restarts }) => restarts === 0)).toBe(true);
  const stopped = rows
    .filter(({ state }) => state === 'running')
    .slice(0, 2)
    .map(({ id }) => id);
  const before = programsOfUser();
  expect((await runUnlimited(home, 'stop', ...stopped)).code).toBe(0);
  await waitFor(() => programsOfUser() >= before, 'others to be started instead', PATIENCE_MS);
  const down = await runUnlimited(home, 'down');
  // Programs that could not start beside the commands above may have started since.
  expect(Number(/Stopped (\d+) programs/.exec(down.stdout)?.[1])).toBeGreaterThanOrEqual(running);
  await home.empty();
});
