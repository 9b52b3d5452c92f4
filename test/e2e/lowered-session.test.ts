import { expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { Wire } from '../support/wire.ts';

test('a session that gave up rights is judged by the settings of a real engine, and its events name the caller', async () => {
  await using home = new HealerHome();
  home.list('web - - -- sleep 100000');
  await home.up();
  await home.state('web', 'running');
  const wire = await Wire.connect(home.paths.socket);
  await wire.ask('hello', { protocol: 1, client: 'test', as: 'fleet', caller: 'ann' });

  expect((await wire.ask('restart', { id: 'web' })).error).toBeUndefined();
  expect(await home.event('restarted')).toMatchObject({ process: 'web', data: { by: 'ann' } });
  const stopping = await home.event('stopping');
  expect(stopping.data).toMatchObject({ by: 'ann' });

  const definition = { id: 'new', command: '/usr/bin/env' };
  expect((await wire.ask('add', { definition })).error?.data?.code).toBe('NOT_ALLOWED_EXECUTABLE');
  expect((await wire.ask('shutdown')).error?.data?.code).toBe('FORBIDDEN');
  await home.ask((engine) => engine.changeSetting({ key: 'fleet', value: { allow: 'read' } }));
  expect((await wire.ask('restart', { id: 'web' })).error?.data?.code).toBe('FORBIDDEN');
  wire.close();
  await home.down();
});
