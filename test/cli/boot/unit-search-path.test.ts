import { expect, test } from 'vitest';
import { unitSearchPath } from '../../../src/cli/boot/unit-search-path.ts';

test.each<[string, path: string, 'system' | 'user', string]>([
  ['names each folder once', '/usr/bin:/bin/:/usr/bin:/bin', 'user', '/usr/bin:/bin'],
  ['leaves out relative folders', '.:bin::~/bin:/usr/bin', 'user', '/usr/bin'],
  ['keeps folders of the user', '/home/anna/.cargo/bin:/usr/bin', 'user', '/home/anna/.cargo/bin:/usr/bin'],
  [
    'has no such folders for the system',
    '/home/anna/bin:/root/.pyenv/bin:/data/bob/bin:/usr/bin',
    'system',
    '/usr/bin',
  ],
  [
    'leaves out folders of one shell and of caches',
    '/run/user/1/fnm_multishells/1_2/bin:/home/anna/.npm/_npx/a1/node_modules/.bin:/srv/app/node_modules/.bin:/usr/lib/node_modules/npm/bin/node-gyp-bin:/usr/bin',
    'user',
    '/usr/bin',
  ],
  ['has a fallback', '/home/anna/bin', 'system', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
])('the PATH of a unit %s', (_what, path, scope, expected) => {
  expect(unitSearchPath(path, scope, '/data/bob')).toBe(expected);
});
