import { describe, expect, test } from 'vitest';
import { isEnv, isInterpreter, isLauncher } from '../../../src/policy/remote-access/interpreters.ts';

describe('the name of a file', () => {
  test.each([
    // Versions, variants and architectures.
    ['/opt/python', true],
    ['/opt/python3', true],
    ['/opt/python3.11', true],
    ['/opt/python-3.11.2', true],
    ['/opt/python_3', true],
    ['/opt/python3.11d', true],
    ['/opt/pythonic', false],
    ['/opt/PYTHON', true],
    ['/opt/python.exe', true],
    ['/opt/.python', true],
    ['/opt/-bash', true],
    ['/opt/_bash', true],
    ['/opt/busybox.static', true],
    ['/opt/bash-static', true],
    ['/opt/xbash', false],
    ['/opt/aarch64-linux-gnu-gcc', true],
    ['/opt/aarch64-linux-gnu-gcc-12', true],
    ['/opt/x86_64-pc-linux-musl-gcc', true],
    ['/opt/aarch64-linux-gnu-server', false],
    ['/lib/ld-linux-x86-64.so.2', true],
    ['/lib/ld64.so.1', true],
    ['/lib/libc.so.6', false],
    // Everyday words do not count as the beginning of a name.
    ['/usr/bin/go', true],
    ['/usr/bin/go-api', false],
    ['/usr/bin/go1', true],
    ['/usr/bin/time', true],
    ['/usr/bin/time.sh', false],
    ['/usr/bin/node-exporter', false],
    ['/usr/bin/perl-exporter', true],
    // Common words count only in a system folder.
    ['/usr/bin/service', true],
    ['/usr/sbin/service', true],
    ['/bin/service', true],
    ['/sbin/service', true],
    ['/usr/local/bin/service', true],
    ['/usr/local/sbin/service', true],
    ['/usr/bin/sub/service', false],
    ['/opt/bin/service', false],
    ['/home/usr/bin/service', false],
    ['/usr/local/service', false],
    // Nothing that looks like a name.
    ['', false],
    ['/', false],
    ['/opt/3', false],
    ['/opt/...', false],
  ])('%s executes others: %j', (path, expected) => {
    expect(isInterpreter(path)).toBe(expected);
  });

  test.each([
    ['/usr/bin/env', true, true],
    ['/usr/bin/env-2', true, true],
    ['/usr/bin/genv', false, false],
    ['/usr/bin/nohup', true, false],
    ['/usr/bin/timeout.real', true, false],
    ['/usr/bin/time', true, false],
    ['/opt/time', false, false],
    ['/usr/bin/python3', false, false],
    ['/usr/bin/server', false, false],
  ])('%s starts another program: %j, as env: %j', (path, launcher, env) => {
    expect(isLauncher(path)).toBe(launcher);
    expect(isEnv(path)).toBe(env);
  });
});
