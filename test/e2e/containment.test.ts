import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { isAlive } from '../../src/base/process-liveness.ts';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

const example = (name: string): string => fileURLToPath(new URL(`../../examples/${name}.sh`, import.meta.url));

/** Without a writable cgroup hierarchy, both cases are the same. */
const CONTAINMENTS: readonly (readonly [how: string, env: Record<string, string>])[] = [
  ['as this machine contains programs', {}],
  ['process by process', { HEALER_NO_CGROUP: '1' }],
];

test.each(CONTAINMENTS)('fork bombs of every kind are ended completely, %s', async (_, env) => {
  await using home = new HealerHome();
  home.extraEnv = env;
  home.write(
    'healer.yaml',
    `defaults: { restart: { policy: never } }
processes:
${['wide', 'deep', 'double'].map((kind) => `  ${kind}: { command: ${example('fork-bomb')}, args: [${kind}, 120] }`).join('\n')}
  calm: { command: ${process.execPath}, args: [-e, 'setInterval(() => {}, 1e6)'] }
`,
  );
  await home.ok('up', '-f', `${home.folder}/healer.yaml`);
  for (const id of ['wide', 'deep', 'double']) {
    const { data, reason } = await home.event('fork-bomb', ({ process: of }) => of === id);
    expect(data).toMatchObject({ limit: 50, action: 'kill' });
    expect(reason).toMatch(/^descendants rose/);
    await home.state(id, 'failed');
  }
  await waitFor(
    () => home.survivors().every(({ command }) => !/sleep|fork-bomb/.test(command)),
    'no process to be left',
  );
  expect(await home.state('calm', 'running')).toMatchObject({ restarts: 0 });
  const shown = await home.ok('anomalies', 'double');
  expect(shown).toMatch(/fork-bomb: descendants .* \(killed\)/);
  await home.down();
});

test('shows how programs are contained in status, describe and doctor', async () => {
  await using home = new HealerHome();
  await home.up('calm - - -- sleep 1000');
  const { containment } = await home.ask((api) => api.status({}));
  await waitFor(
    async () => (await home.ask((api) => api.describe({ id: 'calm' }))).containment === containment.kind,
    'the program to be contained by that method',
  );
  expect(await home.ok('status')).toContain(`containment   ${containment.kind} (`);
  expect(await home.ok('describe', 'calm')).toMatch(new RegExp(`containment +${containment.kind}\n`));
  const { checks } = { checks: JSON.parse((await home.run('doctor', '--json')).stdout) as { check: string }[] };
  expect(checks.map(({ check }) => check)).toContain('cgroup');
  await home.down();
});

test('zombies are listed, and the program that does not reap them is restarted if its definition says so', async () => {
  await using home = new HealerHome();
  // Zombies of programs that have nothing to do with this engine are reported in an event of their own.
  const unrelated = spawn('sh', ['-c', 'sleep 0.01 & exec sleep 600'], { stdio: 'ignore' });
  onTestFinished(() => void unrelated.kill('SIGKILL'));
  home.write(
    'healer.yaml',
    `processes:
  careless: { command: ${example('zombie-maker')}, args: [40], zombies: restart-parent }
`,
  );
  await home.ok('up', '-f', `${home.folder}/healer.yaml`);
  const ofOurs = async () => (await home.ask((api) => api.zombies({}))).filter(({ program }) => program === 'careless');
  await waitFor(async () => (await ofOurs()).length === 40, 'all zombies');
  expect(await home.ok('zombies')).toMatch(/PID +NAME +PARENT +AGE +PROGRAM/);
  const { stdout } = await home.run('zombies', '--clean');
  expect(stdout).toMatch(/restarting programs that did not reap their children: careless/);
  const { reason, data } = await home.event('zombies-found', ({ process: of }) => of === 'careless');
  expect(reason).toMatch(/^40 zombies of "sleep" \(pid \d+\) not reaped$/);
  expect(data['count']).toBe(40);
  await home.event(
    'restarted',
    ({ process: of, reason: why }) => of === 'careless' && why.includes('does not reap its dead children'),
  );
  await home.down();
});

test('a tracked process is ended when its parent has exited, after the time in the settings', async () => {
  await using home = new HealerHome();
  await home.up('calm - - -- sleep 1000');
  await home.ok('config', 'set', 'orphanCheckSeconds', '1');
  const parent = spawn('sh', [example('orphan-maker'), '600'], { stdio: ['ignore', 'pipe', 'ignore'] });
  let printed = '';
  parent.stdout.on('data', (text: Buffer) => (printed += text.toString()));
  await waitFor(() => printed.endsWith('\n'), 'the pid of the child');
  const child = Number(/\d+/.exec(printed)?.[0]);
  expect(await home.ok('track', String(child))).toMatch(
    /^tracking \d+ \(sh\): its process tree is stopped once its parent/,
  );
  expect(await home.ok('track', '--list')).toContain('1 tracked, checked every 1.0s');
  const calm = await home.pid('calm');
  expect((await home.run('track', String(calm))).stderr).toContain('it is the program "calm"');
  expect((await home.run('track', 'calm')).stderr).toContain('"calm" is not a pid');
  parent.kill('SIGKILL');
  await waitFor(() => !isAlive(child), 'the orphan to exit');
  await home.event('orphan-ended', ({ pid }) => pid === child);
  expect(await home.ok('track', '--list')).toBe('No tracked processes.\n');
  await home.down();
});
