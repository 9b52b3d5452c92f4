import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

let home: HealerHome;
let file: string;
const crashing = (name: string, more: string): string =>
  `  ${name}: { command: sh, args: ["-c", "exit 7"], restart: { jitter: 0, ${more} } }\n`;
const CONTENT = `processes:
${crashing('waits', 'backoffMs: [600000]')}${crashing('gives-up', 'backoffMs: [0], maxAttempts: 1')}${crashing('cools', 'backoffMs: [0], cooldown: { restarts: 3 }')}  job: { command: sh, args: ["-c", "exit 0"] }
  litters: { command: sh, args: ["-c", "sleep 7771 & sleep 0.5; exit 3"], restart: { policy: never } }
  stays: { command: sleep, args: [1000] }
  watched: { command: sh, args: ["-c", "exit 4"], healing: observe }
  off: { command: sleep, args: [1001], autostart: false }
`;

beforeAll(async () => {
  home = new HealerHome();
  file = home.write('healer.yaml', CONTENT);
  await home.ok('up', '-f', file);
  await home.state('waits', 'backoff');
  await home.state('cools', 'cooldown');
  await home.state('gives-up', 'failed');
  await home.state('litters', 'failed');
});
afterAll(() => home[Symbol.asyncDispose]());

describe('the present state', () => {
  test('of a program in backoff counts down, and states its reason once', async () => {
    const story = await home.ok('why', 'waits');
    expect(story).toMatch(/^waits: backoff \(exited with code 7 after [\d.]+ m?s\)$/m);
    expect(story).toMatch(/^next attempt +.*, in 9m \d\ds$/m);
    expect(story).toMatch(/ restart-scheduled: restarting in 600 s$/m);
    expect(story.match(/restarting in/g)).toHaveLength(1);
    expect(await home.ok('ls', 'waits')).toMatch(/exited with code 7 after .*; next attempt in 9m/);
  });

  test('of a program in cooldown names the restarts that led to it', async () => {
    expect(await home.ok('why', 'cools')).toMatch(
      /^cooldown +3 of 3 restarts within 1m 00s: in cooldown, then restarted$/m,
    );
    expect(await home.ok('cooldown')).toMatch(/^cools +cooldown +3 of 3 /m);
  });

  test('of a program that runs names its last start, and no past delay', async () => {
    await home.ok('cooldown', 'reset', 'cools');
    const story = await home.ok('why', 'stays');
    expect(story).toMatch(/^stays: (?:running|starting) for [\d.]+m?s \(started with the engine\)$/m);
    expect(story).not.toContain('restarting in');
    expect(story).toMatch(/^outlook +it keeps running; restarted if it fails \(restart policy "on-failure"\)$/m);
  });

  test('of a program that an operator stopped says so in ls, and what would start it', async () => {
    await home.ok('start', 'off');
    await home.ok('stop', 'off');
    expect(await home.ok('ls', 'off')).toMatch(/ stopped .* stopped by the operator$/m);
    expect(await home.ok('why', 'off')).toMatch(/^outlook +nothing, until "healer start off"/m);
  });

  test('names what was added by an edit or a command as added, not as started with the engine', async () => {
    home.write('healer.yaml', `${CONTENT}  late: { command: sleep, args: [1002] }\n`);
    await waitFor(async () => (await home.rows()).has('late'), 'the edit to be applied');
    await home.ok('add', 'later', '--', 'sleep', '1003');
    for (const id of ['late', 'later']) expect((await home.row(id)).why).toBe('started when it was added');
  });
});

test('leftovers are named with pid and command, without options', async () => {
  const { reason, data } = await home.event('leftovers-ended', ({ process }) => process === 'litters');
  expect(reason).toMatch(/^all leftover processes have exited: \d+ \(sleep 7771\)$/);
  expect(data).toEqual({ processes: [{ pid: expect.any(Number) as number, command: 'sleep 7771' }] });
});

test('status shows observe mode, paused healing, tracking and the last events', async () => {
  expect(await home.ok('status')).toMatch(/^healing +on; observe mode for 1 program$/m);
  await home.ok('hold', 'stays');
  expect(await home.ok('status')).toMatch(/^healing +on; observe mode for 1 program; paused for 1 program$/m);
  await home.ok('config', 'set', 'healing', 'observe');
  await waitFor(
    async () => (await home.ok('status')).includes('observe mode for every program: faults are reported, not healed'),
    'the status to show observe mode',
  );
  expect(await home.ok('status')).toMatch(/^tracking +no processes, not terminated while healing is off$/m);
  await home.ok('config', 'set', 'tracking', 'off');
  const status = await home.ok('status');
  expect(status).toMatch(/^tracking +off$/m);
  expect(status.split('Recent events\n')[1]?.trim().split('\n')).toHaveLength(10);
  const json = JSON.parse(await home.ok('status', '--json')) as {
    tracking: object;
    recentEvents: object[];
    healing: object;
  };
  expect(json.tracking).toMatchObject({ enabled: false, trackedCount: 0 });
  expect(json.recentEvents).toHaveLength(10);
  expect(json.healing).toMatchObject({ mode: 'observed' });
});
