import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

let home: HealerHome;
const EVERY_SECOND = '"* * * * * *"';
const runsOf = (name: string): number => home.read(`${name}.txt`).length;
const job = (name: string, more = ''): string =>
  `  ${name}: { command: sh, args: ["-c", "printf x >> ${name}.txt"], schedule: ${EVERY_SECOND}, restart: never${more} }\n`;

beforeAll(async () => {
  home = new HealerHome();
  const content = `processes:
${job('job')}${job('late', ', autostart: false')}${job('halted')}${job('held')}  server: { command: sleep, args: [1000], schedule: ${EVERY_SECOND} }
  frozen: { command: sleep, args: [1001], schedule: ${EVERY_SECOND} }
  quartz: { command: sleep, args: [1002], schedule: "0 3 ? * MON" }
`;
  await home.ok('up', '-f', home.write('healer.yaml', content));
});
afterAll(() => home[Symbol.asyncDispose]());

describe('a schedule', () => {
  test('runs a job at each scheduled time, also one without autostart', async () => {
    await waitFor(() => runsOf('job') >= 3 && runsOf('late') >= 2, 'the jobs to run on schedule');
    expect((await home.row('job')).restarts).toBe(0);
    const { reason } = await home.event('started', ({ process }) => process === 'late');
    expect(reason).toBe('scheduled start ("* * * * * *")');
    expect(await home.ok('describe', 'late')).toMatch(/^schedule +"\* \* \* \* \* \*" \([\w/]+\), next \d{4}-/m);
  });

  test('restarts what runs', async () => {
    await waitFor(async () => (await home.row('server')).restarts >= 1, 'the server to be restarted');
    expect((await home.row('server')).why).toBe('scheduled restart ("* * * * * *")');
  });

  test('runs nothing that an operator stopped, and promises no run', async () => {
    await waitFor(() => runsOf('halted') >= 1, 'the job to run');
    await home.ok('disable', 'halted');
    const before = runsOf('halted');
    expect(await home.ok('describe', 'halted')).toMatch(/^schedule .*, no run now: it is disabled$/m);
    await home.ok('stop', 'server');
    expect(await home.ok('describe', 'server')).toMatch(/^schedule .*, no run now: it was stopped by the operator$/m);
    expect(await home.ask((api) => api.describe({ id: 'server' }))).toMatchObject({ nextRestart: null });
    const runs = runsOf('job');
    await waitFor(() => runsOf('job') >= runs + 2, 'the other job to run twice');
    expect(runsOf('halted')).toBe(before);
    expect((await home.row('server')).state).toBe('stopped');
  });

  test('that is due while a program is paused, or healing is, is reported', async () => {
    await waitFor(
      async () => (await home.run('pause', 'frozen')).code === 0,
      'the program to be paused between two restarts',
    );
    expect(await home.ok('describe', 'frozen')).toMatch(/^schedule .*, no run now: it is paused$/m);
    const skipped = await home.event('scheduled-restart', ({ data }) => data['skipped'] === true);
    expect(skipped.reason).toMatch(/^skipped the run on schedule /);
    await home.ok('hold', 'held');
    const would = await home.event('would-restart', ({ process }) => process === 'held');
    expect(would.reason).toBe('would have started on schedule "* * * * * *"; healing is paused');
    expect(await home.ok('describe', 'held')).toMatch(/^schedule .*, no run now: healing is paused$/m);
  });

  test('that Quartz users write runs on Mondays only', async () => {
    const { nextRestart } = await home.ask((api) => api.describe({ id: 'quartz' }));
    expect(new Date(nextRestart ?? '').getDay()).toBe(1);
  });
});

test('unsupported syntax is rejected with its position', async () => {
  const file = home.write('bad.yaml', 'processes:\n  web: { command: sleep, schedule: "0 0 15W * *" }\n');
  const { code, stdout, stderr } = await home.run('config', 'check', file);
  expect(stdout + stderr).toContain('"15W" at position 5 is not a valid day');
  expect(code).toBe(1);
});
