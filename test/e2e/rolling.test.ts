import { afterEach, beforeEach, expect, test } from 'vitest';
import { isAlive } from '../../src/base/process-liveness.ts';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

const IDS = ['web-0', 'web-1', 'web-2'];

let home: HealerHome;
beforeEach(() => {
  home = new HealerHome();
});
afterEach(() => home[Symbol.asyncDispose]());

/** Writes a version of three instances that are ready once they have printed "up", unless the version is broken. */
function version(text: string): string {
  const web = {
    ...{ command: 'sh', args: ['-c', `echo ${text}; exec sleep 1000`], instances: 3, groups: ['site'] },
    ready: { log: '^up', timeoutMs: 700, failAction: 'fail' },
    reload: { strategy: 'rolling' },
  };
  return home.write('healer.yaml', JSON.stringify({ processes: { web } }));
}

async function running(): Promise<readonly (number | null)[]> {
  return Promise.all(IDS.map(async (id) => (await home.state(id, 'running')).pid));
}

test('an edit restarts instances one after another', async () => {
  await home.ok('up', '-f', version('up 1'));
  const before = await running();
  version('up 2');
  await waitFor(async () => {
    const rows = await home.rows();
    expect(IDS.filter((id) => rows.get(id)?.state === 'running').length).toBeGreaterThanOrEqual(2);
    return IDS.every((id, index) => rows.get(id)?.pid !== before[index] && rows.get(id)?.state === 'running');
  }, 'all instances to run the new version');
  const steps = (await home.events()).filter(({ kind }) => kind === 'restarted' || kind === 'running').slice(-6);
  expect(steps.map(({ kind, process }) => `${process ?? ''} ${kind}`)).toEqual(
    IDS.flatMap((id) => [`${id} restarted`, `${id} running`]),
  );
});

test('an edit that a kill of the engine interrupts reaches all instances once the next engine runs', async () => {
  const file = version('up 1');
  await home.ok('up', '-f', file);
  const before = await running();
  version('up 2');
  await home.event('restarted', ({ process }) => process === 'web-0');
  await home.killEngine();
  await home.ok('up', '-f', file);
  await waitFor(async () => {
    const pids = await running();
    return pids.every((pid, index) => pid !== before[index]);
  }, 'all instances to run the new version');
  for (const pid of before) expect(isAlive(pid ?? 0)).toBe(false);
});

test('an edit that does not get ready ends at the first instance, and the others keep their runs', async () => {
  await home.ok('up', '-f', version('up 1'));
  const before = await running();
  version('broken');
  await home.state('web-0', 'failed');
  const { reason } = await home.event('config-changed', ({ reason: text }) => text.includes('not applied'));
  expect(reason).toMatch(
    /^the change was not applied to web-1, web-2: "web-0" is .*not ready.*each keeps its run until it is restarted$/,
  );
  const rows = await home.rows();
  expect(IDS.slice(1).map((id) => rows.get(id)?.pid)).toEqual(before.slice(1));
  version('up 3');
  await running();
  await waitFor(async () => {
    const pids = await running();
    return pids.every((pid, index) => pid !== before[index]);
  }, 'the correction to reach all instances');
});

test('a rolling restart of a group stops at the first program that fails', async () => {
  const program = (args: string): object => ({
    command: 'sh',
    args: ['-c', args],
    groups: ['site'],
    startSeconds: 0.3,
  });
  const broken = `[ -e ${home.folder}/broken ] && exit 3; exec sleep 1000`;
  const processes = {
    a: program('exec sleep 1000'),
    b: { ...program(broken), restart: { policy: 'never' } },
    c: program('exec sleep 1000'),
  };
  await home.ok('up', '-f', home.write('healer.yaml', JSON.stringify({ processes })));
  for (const id of ['a', 'b', 'c']) await home.state(id, 'running');
  const [a, c] = [await home.pid('a'), await home.pid('c')];
  home.write('broken', '');
  const { code, stderr } = await home.run('restart', '@site', '--rolling');
  expect(code).toBe(1);
  expect(stderr).toMatch(/"b".*exited with code 3/);
  expect(stderr).toMatch(/stopped here; not restarted: c\n/);
  expect(await home.pid('a')).not.toBe(a);
  expect(await home.pid('c')).toBe(c);
});
