import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { NotifySocket } from '../support/notify-socket.ts';
import { CLI } from '../support/run-cli.ts';
import { waitFor } from '../support/wait-for.ts';

test('a service manager is notified when the programs of the engine run, and when the engine stops', async () => {
  await using home = new HealerHome();
  using socket = new NotifySocket();
  home.list('web - - -- sh -c "env; exec sleep 1000"');
  const engine = spawn(process.execPath, [CLI, 'up', '--foreground', '-f', home.listFile], {
    env: { ...home.env, NOTIFY_SOCKET: socket.path, WATCHDOG_USEC: '60000000' },
    stdio: 'ignore',
  });
  const ended = once(engine, 'exit');
  await waitFor(() => socket.messages().length > 0, 'a notification from the engine');
  expect(socket.messages()[0]).toMatch(/^READY=1\nSTATUS=1 program: 1 (?:starting|running)$/);
  expect(await home.pid('web')).toBeGreaterThan(0);

  await home.ok('down');
  expect(await ended).toEqual([0, null]);
  expect(socket.messages()).toContain('STOPPING=1\nSTATUS=Stopping the programs');
  await home.empty();
});
