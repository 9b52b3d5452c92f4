import { describe, expect, test } from 'vitest';
import { isAlive } from '../../src/base/process-liveness.ts';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

const SLEEP = 'command: sleep\nargs: ["1000"]\nstartSeconds: 0.1';

async function up(home: HealerHome, fields: string, hooks: Readonly<Record<string, string>>): Promise<void> {
  const lines = Object.entries(hooks).map(
    ([name, script]) => `  ${name}: ${home.write(`${name}.sh`, `#!/bin/sh\n${script}\n`)}`,
  );
  const body = `${fields}\nhooks:\n${lines.join('\n')}`.replace(/^/gm, '    ');
  home.write('healer.yaml', `processes:\n  app:\n${body}\n`);
  await home.ok('up', '-f', 'healer.yaml');
}

describe('hooks', () => {
  test('run for each event, with the event as variables and on their standard input', async () => {
    await using home = new HealerHome();
    const note = 'echo "$HEALER_HOOK" >> hooks.log';
    await up(home, SLEEP, {
      after: note,
      ready: note,
      crashed: `cat > crash.json; echo "$HEALER_HOOK $HEALER_SIGNAL $HEALER_ID" >> hooks.log; echo to the log`,
      restarted: note,
      stopped: note,
    });
    await home.state('app', 'running');
    process.kill(await home.pid('app'), 'SIGKILL');
    await waitFor(() => home.read('hooks.log').includes('restarted'), 'the restart');
    await home.state('app', 'running');
    await home.ok('stop', 'app');
    await waitFor(() => home.read('hooks.log').includes('stopped'), 'the stop');
    expect(home.read('hooks.log').split('\n').toSorted()).toEqual(
      ['', 'after', 'after', 'crashed SIGKILL app', 'ready', 'ready', 'restarted', 'stopped'].toSorted(),
    );
    expect(JSON.parse(home.read('crash.json'))).toMatchObject({
      hook: 'crashed',
      kind: 'crashed',
      process: 'app',
      data: { signal: 'SIGKILL' },
    });
    await waitFor(async () => (await home.ok('logs', 'app')).includes('[hook crashed] to the log'), 'the output');
    await home.down();
  });

  test('that hang are killed and delay no restart', async () => {
    await using home = new HealerHome();
    home.write(
      'healer.yaml',
      'processes:\n  app: { command: sleep, args: ["1000"], startSeconds: 0.1, hooks: { crashed: { command: sh, args: [-c, "sleep 984 & sleep 984"], timeoutMs: 1s } } }\n',
    );
    await home.ok('up', '-f', 'healer.yaml');
    const { pid } = await home.state('app', 'running');
    process.kill(pid ?? 0, 'SIGKILL');
    await waitFor(async () => (await home.row('app')).restarts === 1, 'the restart');
    expect((await home.event('hook-failed')).reason).toBe('the hook "crashed" did not exit within 1 s and was killed');
    await waitFor(() => home.survivors().every(({ command }) => !command.includes('sleep 984')), 'the hook');
    await home.down();
  });

  test('that flood the log are limited', async () => {
    await using home = new HealerHome();
    await up(home, SLEEP, { ready: 'yes x | head -c 3000000' });
    await waitFor(async () => (await home.ok('logs', 'app', '-n', '5')).includes('more bytes of output'), 'the limit');
    await home.down();
  });

  test('that are missing are reported', async () => {
    await using home = new HealerHome();
    home.write(
      'healer.yaml',
      'processes:\n  app: { command: sleep, args: ["1000"], hooks: { after: nosuchcommand } }\n',
    );
    await home.ok('up', '-f', 'healer.yaml');
    expect((await home.event('hook-failed')).reason).toMatch(/^the hook "after" cannot be executed: .*nosuchcommand/);
    await home.state('app', 'running');
    await home.down();
  });

  test('are ended by the next engine if theirs is killed', async () => {
    await using home = new HealerHome();
    await up(home, SLEEP, { ready: 'touch hook.on; exec sleep 983' });
    await waitFor(() => home.survivors().some(({ command }) => command.includes('sleep 983')), 'the hook');
    await home.killEngine();
    await home.ok('up', '-f', 'healer.yaml');
    await waitFor(() => home.survivors().every(({ command }) => !command.includes('sleep 983')), 'the hook to end');
    await home.down();
  });
});

describe('a command before the start', () => {
  test('runs before every start, and the program waits for it', async () => {
    await using home = new HealerHome();
    await up(home, 'command: sh\nargs: [-c, "echo program >> order; exec sleep 1000"]\nstartSeconds: 0.1', {
      before: 'sleep 0.3; echo before >> order',
    });
    await home.state('app', 'running');
    await home.ok('restart', 'app');
    await home.state('app', 'running');
    await waitFor(() => home.read('order').split('program').length === 3, 'both starts');
    expect(home.read('order')).toBe('before\nprogram\nbefore\nprogram\n');
    await home.down();
  });

  test('whose failure fails the start', async () => {
    await using home = new HealerHome();
    await up(home, `${SLEEP}\nrestart: { policy: on-failure, maxAttempts: 1 }`, { before: 'exit 3' });
    const { why } = await home.state('app', 'failed');
    expect(why).toContain('the command before the start exited with code 3');
    await home.down();
  });

  test('is killed if the start is canceled', async () => {
    await using home = new HealerHome();
    await up(home, SLEEP, { before: 'exec sleep 982' });
    await home.state('app', 'waiting');
    await waitFor(() => home.survivors().some(({ command }) => command.includes('sleep 982')), 'the command');
    await home.ok('stop', 'app');
    await home.state('app', 'stopped');
    await waitFor(() => home.survivors().every(({ command }) => !command.includes('sleep 982')), 'its end');
    await home.down();
  });

  test('runs again if the engine is killed meanwhile', async () => {
    await using home = new HealerHome();
    await up(home, SLEEP, { before: 'echo x >> runs; [ "$(wc -l < runs)" -gt 1 ] || exec sleep 981' });
    await waitFor(() => home.read('runs') === 'x\n', 'the first run');
    const engine = await home.killEngine();
    await home.ok('up', '-f', 'healer.yaml');
    expect(isAlive(engine)).toBe(false);
    await home.state('app', 'running');
    expect(home.read('runs')).toBe('x\nx\n');
    await home.down();
  });
});
