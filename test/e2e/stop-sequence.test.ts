import { describe, expect, test } from 'vitest';
import { isAlive } from '../../src/base/process-liveness.ts';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

/** Records signals, and exits on the last one that it is given. */
const STUBBORN = `
const { appendFileSync, writeFileSync } = require('node:fs');
const last = process.argv[2];
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {
  appendFileSync('signals.log', signal + '\\n');
  if (signal === last) process.exit(0);
});
writeFileSync('ready', 'yes');
setInterval(() => undefined, 60_000);
`;

async function started(home: HealerHome, last: string, stop: string): Promise<number> {
  home.write('stubborn.cjs', STUBBORN);
  home.write(
    'healer.yaml',
    `processes:\n  app:\n    command: ${process.execPath}\n    args: [stubborn.cjs, ${last}]\n    stop: ${stop}\n`,
  );
  await home.ok('up', '-f', 'healer.yaml');
  await waitFor(() => home.read('ready') !== '', 'the signal handlers');
  return home.pid('app');
}

describe('stop.sequence', () => {
  test('sends one signal after the other until the program exits', async () => {
    await using home = new HealerHome();
    await started(home, 'SIGTERM', '{ sequence: [[SIGINT, 200ms], [SIGHUP, 200ms], [SIGTERM, 20s], SIGKILL] }');
    expect(await home.ok('stop', 'app')).not.toMatch(/SIGKILL/);
    expect(home.read('signals.log')).toBe('SIGINT\nSIGHUP\nSIGTERM\n');
    const reasons = (await home.events('app')).filter(({ kind }) => kind === 'stopping').map(({ reason }) => reason);
    expect(reasons).toEqual([
      'stopped by the operator; sent SIGINT, waiting up to 200 ms',
      'still running 200 ms after SIGINT; sent SIGHUP, waiting up to 200 ms',
      'still running 200 ms after SIGHUP; sent SIGTERM, waiting up to 20 s',
    ]);
    await home.down();
  });

  test('reaches a program that is suspended', async () => {
    await using home = new HealerHome();
    const pid = await started(home, 'SIGINT', '{ sequence: [[SIGINT, 20s], SIGKILL] }');
    process.kill(pid, 'SIGSTOP');
    await home.ok('stop', 'app');
    expect(home.read('signals.log')).toBe('SIGINT\n');
    await home.down();
  });

  test('ends with SIGKILL', async () => {
    await using home = new HealerHome();
    const pid = await started(home, 'never', '{ sequence: [[SIGINT, 100ms], [SIGTERM, 100ms]] }');
    expect(await home.ok('stop', 'app')).toContain('SIGKILL');
    expect(isAlive(pid)).toBe(false);
    expect(home.read('signals.log')).toBe('SIGINT\nSIGTERM\n');
    await home.down();
  });

  test('is continued by the next engine, with no signal sent twice', async () => {
    await using home = new HealerHome();
    const pid = await started(home, 'SIGTERM', '{ sequence: [[SIGINT, 3s], [SIGTERM, 20s], SIGKILL] }');
    const stop = home.run('stop', 'app');
    await waitFor(() => home.read('signals.log') === 'SIGINT\n', 'the first signal');
    await home.event('stopping');
    await home.killEngine();
    await stop;
    await home.ok('up', '-f', 'healer.yaml');
    await waitFor(() => !isAlive(pid), 'the program to exit');
    expect(home.read('signals.log')).toBe('SIGINT\nSIGTERM\n');
    await home.state('app', 'stopped');
    expect((await home.event('stopping', ({ reason }) => reason.includes('continuing'))).reason).toContain(
      'SIGINT was sent, waiting up to 3 s',
    );
    await home.down();
  });
});

describe('stop.command', () => {
  const asks = (words: string): string => `{ command: [sh, -c, '${words}'], gracefulTimeoutMs: 20s }`;

  test('stops the program without a signal, and runs as the program does', async () => {
    await using home = new HealerHome();
    await started(home, 'SIGHUP', asks('echo bye "$HEALER_ID"; pwd > where; kill -HUP "$HEALER_PID"'));
    await home.ok('stop', 'app');
    expect(home.read('signals.log')).toBe('SIGHUP\n');
    expect(home.read('where')).toBe(`${home.folder}\n`);
    await waitFor(async () => (await home.ok('logs', 'app')).includes('[stop command] bye app'), 'the output');
    await home.down();
  });

  test('is followed by the signals if it fails', async () => {
    await using home = new HealerHome();
    await started(home, 'SIGTERM', asks('exit 3'));
    await home.ok('stop', 'app');
    expect(home.read('signals.log')).toBe('SIGTERM\n');
    expect((await home.event('stopping', ({ reason }) => reason.includes('SIGTERM'))).reason).toBe(
      'the stop command exited with code 3; sent SIGTERM, waiting up to 20 s',
    );
    await home.down();
  });

  test('is killed with everything that it started, and followed by the signals, if it hangs', async () => {
    await using home = new HealerHome();
    const command = `{ command: sh, args: [-c, 'sleep 987 & sleep 987'], timeoutMs: 300ms }`;
    await started(home, 'SIGTERM', `{ command: ${command} }`);
    await home.ok('stop', 'app');
    expect(home.read('signals.log')).toBe('SIGTERM\n');
    await waitFor(() => home.survivors().every(({ command: line }) => !line.includes('sleep 987')), 'the command');
    await home.down();
  });

  test('cannot stop the next run: it is killed before a restart', async () => {
    await using home = new HealerHome();
    const first = await started(home, 'SIGHUP', asks('kill -HUP "$HEALER_PID"; sleep 986'));
    await home.ok('restart', 'app');
    expect(await home.pid('app')).not.toBe(first);
    await waitFor(() => home.survivors().every(({ command: line }) => !line.includes('sleep 986')), 'the command');
    await home.down();
  });

  test('runs again if the engine is killed meanwhile', async () => {
    await using home = new HealerHome();
    const script = 'echo run >> runs; [ "$(wc -l < runs)" -gt 1 ] && exec kill -HUP "$HEALER_PID"; exec sleep 985';
    const pid = await started(home, 'SIGHUP', asks(script));
    const stop = home.run('stop', 'app');
    await waitFor(() => home.read('runs') === 'run\n', 'the command');
    await home.event('stopping');
    await home.killEngine();
    await stop;
    await home.ok('up', '-f', 'healer.yaml');
    await waitFor(() => !isAlive(pid), 'the program to exit');
    expect(home.read('signals.log')).toBe('SIGHUP\n');
    await waitFor(() => home.survivors().every(({ command }) => !command.includes('sleep 985')), 'the first command');
    await home.state('app', 'stopped');
    await home.down();
  });
});
