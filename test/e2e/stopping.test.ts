import { describe, expect, test } from 'vitest';
import { isAlive } from '../../src/base/process-liveness.ts';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

/** Writes "polite" on SIGTERM and exits. */
const POLITE = `
const { appendFileSync, writeFileSync } = require('node:fs');
process.on('SIGTERM', () => { appendFileSync(process.argv[2], 'polite\\n'); process.exit(0); });
writeFileSync(process.argv[2] + '.ready', 'ready');
setInterval(() => undefined, 60_000);
`;

/** Its child records a signal of its own; the parent waits for nothing and exits 300 ms after SIGTERM. */
const PARENT = `
const { spawn } = require('node:child_process');
const { appendFileSync } = require('node:fs');
spawn(process.execPath, ['child.cjs', 'child.log'], { stdio: 'inherit' });
process.on('SIGTERM', () => setTimeout(() => { appendFileSync('child.log', 'main exits\\n'); process.exit(0); }, 300));
setInterval(() => undefined, 60_000);
`;

describe('a program that was stopped with SIGSTOP', () => {
  test.each([
    ['stop', ['stop', 'app'], 'stopped'],
    ['restart', ['restart', 'app'], 'starting'],
    ['disable', ['disable', 'app'], 'disabled'],
    ['down', ['down'], null],
  ] as const)('handles the stop signal of %s', async (_name, command, state) => {
    await using home = new HealerHome();
    home.write('polite.cjs', POLITE);
    await home.up(`app - - -- ${process.execPath} polite.cjs out.log`);
    await waitFor(() => home.read('out.log.ready') !== '', 'the signal handler');
    const pid = await home.pid('app');
    process.kill(pid, 'SIGSTOP');
    const output = await home.ok(...command);
    expect(output).not.toMatch(/SIGKILL|Force killed/);
    expect(isAlive(pid)).toBe(false);
    expect(home.read('out.log')).toBe('polite\n');
    if (state === null) return;
    expect(await home.state('app', state, 'running')).toMatchObject({ lastExit: { code: 0 } });
    await home.down();
  });
});

describe('stop.target', () => {
  test.each([
    ['main', 'main exits\npolite\n'],
    ['group', 'polite\nmain exits\n'],
    ['tree', 'polite\nmain exits\n'],
  ])('%s determines when child processes are signaled', async (target, expected) => {
    await using home = new HealerHome();
    home.write('child.cjs', POLITE);
    home.write('parent.cjs', PARENT);
    home.write(
      'healer.yaml',
      `processes:\n  app:\n    command: ${process.execPath}\n    args: [parent.cjs]\n    stop: { target: ${target} }\n`,
    );
    await home.ok('up', '-f', 'healer.yaml');
    await waitFor(() => home.read('child.log.ready') !== '', 'the signal handler of the child');
    await home.ok('stop', 'app');
    expect(home.read('child.log')).toBe(expected);
    await home.down();
  });
});

describe('commands that end several programs', () => {
  test.each(['stop', 'restart', 'disable'])('%s all ends dependents first', async (command) => {
    await using home = new HealerHome();
    home.write(
      'slow.sh',
      '#!/bin/sh\ntrap \'sleep 0.2; echo "$1" >> order.log; exit 0\' TERM\nwhile :; do sleep 0.02; done\n',
    );
    const entry = (id: string, needs: string): string =>
      `  ${id}: { command: ./slow.sh, args: [${id}], startSeconds: 0.1, dependsOn: [${needs}] }\n`;
    home.write('healer.yaml', `processes:\n${entry('db', '')}${entry('api', 'db')}${entry('web', 'api')}`);
    await home.ok('up', '-f', 'healer.yaml');
    await home.state('web', 'running');
    await home.ok(command, 'all');
    expect(home.read('order.log')).toBe('web\napi\ndb\n');
    await home.down();
  });
});
