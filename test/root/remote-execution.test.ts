import { chmodSync, chownSync, copyFileSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { callHttp } from '../support/api-room.ts';
import { freePort } from '../support/free-port.ts';
import { HealerHome } from '../support/healer-home.ts';

/** A user without privileges: `nobody` on most systems. */
const OTHER = 65_534;

test('a guest cannot execute what belongs to another user, or is linked to from a folder of another user', async () => {
  await using home = new HealerHome();
  const port = await freePort();
  home.extraEnv = { HEALER_API_PORT: String(port), HEALER_ALIVENESS_PORT: '0' };
  await home.up('other - - -- sleep 100000');
  await home.event('serving', ({ data }) => data['port'] === port);
  const set = (key: string, value: Readonly<Record<string, string[]>>): Promise<unknown> =>
    home.ask((engine) => engine.changeSetting({ key, value }));
  await set('trusted-hosts', { hosts: ['10.9.9.9'] });
  const folder = join(home.folder, 'root-owned');
  const app = join(folder, 'server');
  mkdirSync(folder);
  copyFileSync('/bin/sleep', app);
  chmodSync(app, 0o755);
  await set('executable-whitelist', { patterns: [join(folder, '*')] });
  let count = 0;
  const register = (command: string) =>
    callHttp(port, '/processes', { verb: 'POST', body: { id: `p${String(++count)}`, command, args: ['1'] } });
  const refused = { status: 403, code: 'NOT_ALLOWED_EXECUTABLE' };
  expect(await register(app)).toMatchObject({ status: 201 });
  const ofOther = join(home.folder, 'of-other');
  mkdirSync(ofOther);
  symlinkSync(app, join(ofOther, 'link'));
  chownSync(ofOther, OTHER, OTHER);
  expect(await register(join(ofOther, 'link'))).toMatchObject(refused);
  chownSync(app, OTHER, 0);
  expect(await register(app)).toMatchObject(refused);
  await home.down();
});
