import { describe, expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

function define(home: HealerHome, fields: string): void {
  home.write('healer.yaml', `processes:\n  job:\n${fields.replace(/^/gm, '    ')}\n`);
}

const EVERY_SECOND = "schedule: '* * * * * *'\nrestart: never";

describe('healer run', () => {
  test('starts a job, and returns its exit code', async () => {
    await using home = new HealerHome();
    define(home, 'command: sh\nargs: [-c, "sleep 0.3; exit 7"]\nrestart: never\nautostart: false');
    await home.ok('up', '-f', 'healer.yaml');
    const { code, stderr } = await home.run('run', 'job');
    expect(code).toBe(7);
    expect(stderr).toContain('exited with code 7');
    expect((await home.run('run', 'job')).code).toBe(7);
    const { runs = [] } = await home.ask((api) => api.describe({ id: 'job' }));
    expect(runs.map(({ code: exitCode, ok }) => [exitCode, ok])).toEqual([
      [7, false],
      [7, false],
    ]);
    await home.down();
  });

  test('returns the code of a short job and of one that a signal ended', async () => {
    await using home = new HealerHome();
    define(
      home,
      'command: sh\nargs: [-c, "test -e second && kill -TERM $$$$; touch second"]\nrestart: never\nautostart: false',
    );
    await home.ok('up', '-f', 'healer.yaml');
    expect((await home.run('run', 'job')).code).toBe(0);
    expect((await home.run('run', 'job')).code).toBe(143);
    await home.down();
  });

  test('says what it waits for after a while', async () => {
    await using home = new HealerHome();
    define(home, 'command: sleep\nargs: ["7"]\nrestart: never\nautostart: false');
    await home.ok('up', '-f', 'healer.yaml');
    const { code, stderr } = await home.run('run', 'job');
    expect(code).toBe(0);
    expect(stderr.split('\n')[0]).toBe(
      'healer: waiting for "job" to exit; Ctrl-C ends this command, and "healer stop job" the program',
    );
    await home.down();
  });

  test('waits over the death of the engine', async () => {
    await using home = new HealerHome();
    define(home, 'command: sh\nargs: [-c, "touch on; sleep 4; exit 5"]\nrestart: never\nautostart: false');
    await home.ok('up', '-f', 'healer.yaml');
    const result = home.run('run', 'job');
    await home.state('job', 'running');
    await home.killEngine();
    await home.ok('up', '-f', 'healer.yaml');
    expect((await result).code).toBe(5);
    await home.down();
  });

  test('refuses a program that never ends, and one that runs', async () => {
    await using home = new HealerHome();
    define(home, 'command: sleep\nargs: ["1000"]\nrestart: always');
    await home.ok('up', '-f', 'healer.yaml');
    const { code, stderr } = await home.run('run', 'job');
    expect(code).toBe(1);
    expect(stderr).toContain('healer start job');
    await home.down();
  });
});

describe('a job', () => {
  test('that exits with 0 runs again when it is due, and its runs are shown after the engine was killed', async () => {
    await using home = new HealerHome();
    define(home, `command: sh\nargs: [-c, "echo x >> runs"]\n${EVERY_SECOND}`);
    await home.ok('up', '-f', 'healer.yaml');
    await waitFor(() => home.read('runs').length >= 6, 'three runs');
    await home.killEngine();
    await home.ok('up', '-f', 'healer.yaml');
    const { runs = [] } = await home.ask((api) => api.describe({ id: 'job' }));
    expect(runs.length).toBeGreaterThanOrEqual(3);
    expect(runs[0]).toMatchObject({ code: 0, signal: null, ok: true });
    expect(await home.ok('describe', 'job')).toMatch(/Runs\n.*exited with code 0/);
    await home.down();
  });

  test('with overlap: queue runs once more after a long run', async () => {
    await using home = new HealerHome();
    const script = 'echo begin >> log; sleep 1.6; echo end >> log';
    define(home, `command: sh\nargs: [-c, "${script}"]\n${EVERY_SECOND}\nscheduling: { overlap: queue }`);
    await home.ok('up', '-f', 'healer.yaml');
    await waitFor(() => home.read('log').split('end').length > 3, 'three runs');
    expect(home.read('log')).toMatch(/^(begin\nend\n)+(begin\n)?$/);
    expect((await home.event('scheduled-restart', ({ data }) => data['queued'] === true)).reason).toContain('queued');
    await home.down();
  });

  test('that takes too long is stopped and has failed', async () => {
    await using home = new HealerHome();
    define(home, 'command: sleep\nargs: ["1000"]\nrestart: never\nmaxRuntimeMs: 1500ms');
    await home.ok('up', '-f', 'healer.yaml');
    const { why } = await home.state('job', 'failed');
    expect(why).toContain('run time exceeded limit 1.5 s');
    await home.down();
  });

  test('that takes too long is stopped by the next engine if the first one is killed', async () => {
    await using home = new HealerHome();
    define(home, 'command: sleep\nargs: ["1000"]\nrestart: never\nmaxRuntimeMs: 3s');
    await home.ok('up', '-f', 'healer.yaml');
    await home.state('job', 'running');
    await home.killEngine();
    await home.ok('up', '-f', 'healer.yaml');
    await home.state('job', 'failed');
    await home.down();
  });

  test('with catchUp makes up for a run that was missed while no engine was running', async () => {
    await using home = new HealerHome();
    const fields =
      'command: sh\nargs: [-c, "echo x >> runs"]\nrestart: never\nautostart: false\nscheduling: { catchUp: true }';
    define(home, `${fields}\nschedule: '* * * * *'`);
    await home.ok('up', '-f', 'healer.yaml');
    await home.killEngine();
    // As if a minute had passed: a schedule that was due every second meanwhile.
    define(home, `${fields}\nschedule: '*/2 * * * * *'`);
    await waitFor(() => home.read('runs') === '', 'no run yet');
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    await home.ok('up', '-f', 'healer.yaml');
    const event = await home.event('scheduled-restart', ({ reason }) => reason.includes('missed'));
    expect(event.reason).toContain('while no engine was running');
    await waitFor(() => home.read('runs') !== '', 'the run');
    await home.down();
  });
});
