import { expect, test } from 'vitest';
import { JUDGED_LAUNCHERS } from '../../../src/policy/remote-access/launches.ts';
import { unlimitedPrograms } from '../../../src/policy/remote-access/whitelist-warnings.ts';

test.each([
  ['/usr/bin/flock', 'starts the program that its arguments name'],
  ['/usr/sbin/chroot', 'starts the program that its arguments name'],
  ['/usr/bin/xargs', 'starts the program that its arguments name'],
  ['/usr/bin/python3.11', 'executes code from its arguments or from files, or can write any file'],
  ['/usr/bin/tee', 'executes code from its arguments or from files, or can write any file'],
  ['/usr/sbin/nginx', 'loads code that its arguments or its configuration name'],
])('"%s" on the whitelist allows everything, because it %s', (path, why) => {
  expect(unlimitedPrograms([path])).toEqual([
    `"${path}" on the executable whitelist ${why}, so remote callers may execute any command through it`,
  ]);
});

test('launchers whose arguments are judged, other programs and wildcards do not', () => {
  const launchers = JUDGED_LAUNCHERS.map((name) => `/usr/bin/${name}`);
  expect(unlimitedPrograms([...launchers, '/opt/app/server', '/usr/bin/*', '/usr/bin/sleep'])).toEqual([]);
});
