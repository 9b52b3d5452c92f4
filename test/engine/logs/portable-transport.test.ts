import { existsSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogTransport } from '../../../src/engine/logs/create-log-transport.ts';
import { waitFor } from '../../support/wait-for.ts';
import { LOG, LogLab } from './support/log-lab.ts';

let lab: LogLab;
beforeEach(async () => {
  lab = new LogLab(null);
  await lab.start();
});
afterEach(() => lab.close());

const shell = (script: string): string[] => ['sh', '-c', script];

test('writes the output of a program, including an unfinished last line, and removes its pipes', async () => {
  await lab.run('brief', shell('echo out; echo err >&2; printf last')).ended;
  expect(lab.texts('brief')).toEqual(['out', 'last']);
  expect(lab.texts('brief', 'stderr')).toEqual(['err']);
  expect(readdirSync(lab.pipesDir)).toEqual([]);
});

test('loses nothing across rotations or from long lines', async () => {
  const script = `seq 50000; head -c 200000 /dev/zero | tr '\\0' x; echo; printf 'ä%.0s' $(seq 40000); echo`;
  await lab.run('much', shell(script), { maxSizeMb: 0.5, keep: 50, timestamps: true }).ended;
  const text = lab.lines('much').map(({ text, partial }) => (partial ? text : `${text}\n`));
  const counted = Array.from({ length: 50_000 }, (_, index) => `${String(index + 1)}\n`).join('');
  expect(text.join('') === `${counted}${'x'.repeat(200_000)}\n${'ä'.repeat(40_000)}\n`).toBe(true);
});

test('continues to read the pipes of a running program', async () => {
  const { child } = lab.run(
    'lasting',
    shell(`echo one; while ! test -e ${lab.folder}/go; do sleep 0.02; done; echo two; sleep 60`),
  );
  await waitFor(() => lab.texts('lasting').length === 1, 'the first line');
  await lab.transport.close(false);
  await lab.start();
  const pipes = { stdoutPath: join(lab.pipesDir, 'lasting.1.out'), stderrPath: join(lab.pipesDir, 'lasting.1.err') };
  lab.transport.follow({ id: 'lasting', run: 1, pid: child.pid ?? 0, startTicks: null, pipes, log: LOG });
  writeFileSync(join(lab.folder, 'go'), '');
  await waitFor(() => lab.texts('lasting').length === 2, 'the second line');
});

test('never blocks a program on a full disk', async () => {
  const script = `echo one; while ! test -e ${lab.folder}/full; do sleep 0.02; done; seq 100000`;
  const { child } = lab.run('full', shell(script));
  await waitFor(() => lab.texts('full').length === 1, 'the first line');
  const log = join(lab.logDir('full'), 'current.log');
  rmSync(log);
  symlinkSync('/dev/full', log);
  writeFileSync(join(lab.folder, 'full'), '');
  await waitFor(() => child.exitCode !== null, 'the program to exit');
  const gap = await waitFor(() => lab.gaps[0], 'the report of the gap');
  expect(gap).toMatchObject({ id: 'full', reason: 'no space left on device' });
  rmSync(log);
});

test('forgets a run that could not be started', () => {
  const { stdoutPath } = lab.transport.prepare('never', 1);
  lab.transport.discard('never', 1);
  expect(existsSync(stdoutPath)).toBe(false);
});

test('is used if the C library is not available, and reports its limitations', async () => {
  const troubles: string[] = [];
  const listener = {
    onExit: () => undefined,
    onGap: () => undefined,
    onTrouble: (text: string) => troubles.push(text),
  };
  const started = await createLogTransport(
    { libc: null, problem: 'HEALER_NO_NATIVE=1 is set' },
    {
      instance: 'test',
      stateDir: lab.folder,
      runtimeDir: lab.runtimeDir,
      pipesDir: lab.pipesDir,
      logsDir: join(lab.folder, 'logs'),
      collector: { path: '/nowhere', outputFd: 'ignore' },
      listener,
    },
  );
  await started.transport.close(true);
  expect(troubles).toEqual([
    'no log collector (HEALER_NO_NATIVE=1 is set): if the engine is killed, output in transit may be lost or duplicated',
  ]);
});
