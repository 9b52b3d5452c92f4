import { expect, test } from 'vitest';
import { loadLibc } from '../../../src/base/libc.ts';
import { createServiceNotifier } from '../../../src/engine/os/service-notifier.ts';
import { NotifySocket } from '../../support/notify-socket.ts';
import { waitFor } from '../../support/wait-for.ts';

const { libc } = loadLibc();

test.each([
  ['a path', null],
  ['an abstract name', `healer-test-${String(process.pid)}`],
])('notifies a service manager on %s that it is ready, alive and stopping', async (_where, name) => {
  using socket = new NotifySocket(name);
  const env = { NOTIFY_SOCKET: socket.path, WATCHDOG_USEC: '20000', WATCHDOG_PID: String(process.pid) };
  const manager = createServiceNotifier(env, libc);
  manager.ready(() => '2 programs');
  await waitFor(() => socket.messages().includes('WATCHDOG=1\nSTATUS=2 programs'), 'the watchdog message');
  manager.stopping();
  manager.close();
  expect(socket.messages()[0]).toBe('READY=1\nSTATUS=2 programs');
  expect(socket.messages().at(-1)).toBe('STOPPING=1\nSTATUS=Stopping the programs');
});

test('removes the variables of the service manager from the environment of programs', () => {
  const env: Record<string, string> = {
    NOTIFY_SOCKET: '/nowhere',
    WATCHDOG_USEC: '1',
    WATCHDOG_PID: '1',
    PATH: '/bin',
  };
  createServiceNotifier(env, null);
  expect(env).toEqual({ PATH: '/bin' });
});

test.each([
  ['the socket does not exist', { NOTIFY_SOCKET: '/nowhere/notify' }],
  ['there is no service manager', {}],
])('continues if %s', (_case, env) => {
  const manager = createServiceNotifier({ ...env }, libc);
  manager.ready(() => '');
  manager.stopping();
  manager.close();
});
