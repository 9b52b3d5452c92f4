import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { splitUnsafeVariables } from '../../../src/engine/os/unsafe-variables.ts';

test.each([
  'LD_PRELOAD',
  'LD_LIBRARY_PATH',
  'LD_AUDIT',
  'GLIBC_TUNABLES',
  'MALLOC_TRACE',
  'GCONV_PATH',
  'LOCPATH',
  'NLSPATH',
  'TMPDIR',
  'TZDIR',
  'HOSTALIASES',
])('%s is hidden from the tools', (name) => {
  const { env, restore } = splitUnsafeVariables(['A=1', `${name}=/evil`, 'B=2']);
  expect(env).toEqual(['A=1', `HEALER_LATER_${name}=/evil`, 'B=2']);
  expect(restore.slice(0, 2)).toEqual(['/bin/sh', '-c']);
});

test.each(['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'MY_LD_PRELOAD', 'LDFLAGS', 'TMPDIRS', 'ld_preload'])(
  '%s is passed to the tools',
  (name) => {
    const env = ['A=1', `${name}=x`];
    expect(splitUnsafeVariables(env)).toEqual({ env, restore: [] });
  },
);

test.each([
  ['a plain value', 'x'],
  ['an empty value', ''],
  ['spaces and quotes', ` a 'b' "c" `],
  ['shell syntax', '$(touch /tmp/no); `x` \\ *'],
  ['line breaks and equals signs', 'a=b\nc=d'],
])('%s is restored for the program exactly', (_what, value) => {
  const { env, restore } = splitUnsafeVariables([`NLSPATH=${value}`, 'TZDIR=/zones']);
  const [shell = '', ...args] = restore;
  const variables = Object.fromEntries(env.map((pair) => pair.split(/=(.*)/s).slice(0, 2) as [string, string]));
  const program = [process.execPath, '-p', 'JSON.stringify(process.env)'];
  const seen = JSON.parse(execFileSync(shell, [...args, ...program], { env: variables, encoding: 'utf8' }));
  expect(seen).toMatchObject({ NLSPATH: value, TZDIR: '/zones' });
  expect(Object.keys(seen).filter((name) => name.startsWith('HEALER_LATER_'))).toEqual([]);
});
