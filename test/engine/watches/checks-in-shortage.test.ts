import { execFileSync, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { descriptors } from '../../../src/base/descriptors.ts';
import { manage, type ManagedProgram } from '../../../src/engine/core/managed-program.ts';
import { Watchers } from '../../../src/engine/core/watchers.ts';
import type { Surroundings } from '../../../src/engine/health/probe.ts';
import { runProbe } from '../../../src/engine/health/run-probe.ts';
import { HealthMonitor } from '../../../src/engine/watches/health-monitor.ts';
import { HEALING_ON } from '../../../src/policy/healing.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { program, RUN, spec } from '../../support/programs.ts';

/**
 * Lowers the soft limit of open files of this process. Returns what raises it again: a process that exists already, since none
 * can be started under the limit.
 */
function limitFiles(limit: number): () => Promise<void> {
  const pid = String(process.pid);
  const raise = spawn('sh', ['-c', `read line; prlimit --pid ${pid} --nofile=4096:`], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const raised = new Promise<void>((resolve) => raise.once('close', () => resolve()));
  execFileSync('prlimit', ['--pid', pid, `--nofile=${String(limit)}:`]);
  return () => {
    raise.stdin.end('\n');
    return raised;
  };
}

function openFiles(): number {
  return readdirSync('/proc/self/fd').length;
}

/** What a command needs to be executed. */
const SURROUNDINGS: Surroundings = {
  cwd: '/',
  env: { PATH: '/usr/bin:/bin' },
  through: [],
  start: (start) => start(),
  endRest: () => [],
};

test('a check for which there was no descriptor is performed again later', async () => {
  const checked = spec({ health: { check: { type: 'exec', command: 'true' } } });
  const entry = manage(program({ name: 'running', run: RUN }, { spec: checked }), 'list.txt:1', HEALING_ON);
  const onChange = new Watchers<[ManagedProgram]>();
  const engine = { post: () => undefined, onChange, onForgotten: new Watchers<[ManagedProgram]>() };
  const ports = { clock: new FakeClock(), probe: runProbe, engine, surroundings: () => SURROUNDINGS };
  const monitor = new HealthMonitor(ports);
  onChange.emit(entry);
  expect(await monitor.checkNow(entry)).toMatchObject({ ok: true });
  const raise = limitFiles(openFiles() + 4);
  descriptors.refresh();
  const refused = await monitor.checkNow(entry);
  await raise();
  descriptors.refresh();
  expect(refused).toMatchObject({ ok: false, isInconclusive: true });
  expect(await monitor.checkNow(entry)).toMatchObject({ ok: true });
  monitor.close();
});
