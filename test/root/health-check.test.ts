import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

/** Writes what the kernel knows about a process, and what it has in its environment, to the file `$1` as soon as it is complete. */
const IDENTIFY = `#!/bin/bash
{
  id -u; id -g; id -G; umask; nice; ulimit -Sn; ulimit -Hn; ulimit -c; pwd
  # Without signals 32 and 33, which the C library keeps for itself and ignores in programs that posix_spawn starts.
  grep -E '^(Cap|NoNewPrivs|SigIgn|SigBlk)' /proc/self/status | sed 's/180000000$/000000000/'
  # A pipeline or a pattern would open descriptors of its own.
  for fd in {0..300}; do [ -L "/proc/$$/fd/$fd" ] && echo "$fd"; done
  env | grep -vE '^(_|HEALER_.*|SHLVL)=' | sort
} > "$1.$$"
mv "$1.$$" "$1"
shift
"$@"
`;

const ACCOUNTS = [
  { who: 'another user', account: 'user: nobody', ids: ['65534', '65534', '65534'] },
  {
    who: 'a user with a supplementary group',
    account: 'user: root\n    group: nogroup',
    ids: ['0', '65534', '65534 0'],
  },
  { who: 'a uid without an entry', account: 'user: 54321\n    group: 54322', ids: ['54321', '54322', '54322'] },
];

test.each(ACCOUNTS)('a check that is a command runs exactly as its program does, as $who', async ({ account, ids }) => {
  await using home = new HealerHome();
  const identify = home.write('identify', IDENTIFY);
  const written = join(home.folder, 'written');
  mkdirSync(written);
  chmodSync(written, 0o777);
  chmodSync(home.folder, 0o755);
  home.write(
    'healer.yaml',
    `processes:
  - id: web
    command: ${identify}
    args: [${written}/program, sleep, '100000']
    cwd: /
    env: {LD_LIBRARY_PATH: /nowhere, MOOD: fine}
    ${account}
    umask: '027'
    nice: 7
    rlimits: {nofile: {soft: 222, hard: 333}, core: 0}
    health:
      timeoutMs: 10000
      startupCheck: {initialDelayMs: 50, checkIntervalMs: 100}
      check: {type: exec, command: ${identify}, args: [${written}/check]}
`,
  );
  await home.ok('up', '-f', `${home.folder}/healer.yaml`);
  const [ofProgram, ofCheck] = await waitFor(() => {
    const paths = [join(written, 'program'), join(written, 'check')];
    return paths.every((path) => existsSync(path)) ? paths.map((path) => readFileSync(path, 'utf8').split('\n')) : null;
  }, 'the program and its check to describe themselves');
  expect(ofProgram?.slice(0, 9)).toEqual([...ids, '0027', '7', '222', '333', '0', '/']);
  expect(ofProgram).toContain('MOOD=fine');
  expect(ofProgram).toContain('LD_LIBRARY_PATH=/nowhere');
  expect(ofCheck).toEqual(ofProgram);
  await home.state('web', 'running');
  await home.down();
});
