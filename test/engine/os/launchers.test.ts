import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FIXTURE_PROGRAMS, LaunchRoom } from '../../support/launch-room.ts';
import { thrownBy } from '../../support/thrown-by.ts';

interface StartFacts {
  readonly argv: readonly string[];
  readonly argv0: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly pid: number;
  readonly group: number;
  readonly session: number;
  readonly blocked: string;
  readonly descriptors: readonly string[];
}

describe.each(['posix', 'node'] as const)('the %s launcher', (kind) => {
  let room: LaunchRoom;

  beforeEach(() => {
    room = new LaunchRoom(kind);
  });

  afterEach(() => room.close());

  async function factsOfStart(): Promise<StartFacts> {
    const argv = ['my-name', join(FIXTURE_PROGRAMS, 'facts.mjs'), 'an argument', '', 'ünïcode "quoted"'];
    const pid = room.launch({ file: process.execPath, argv, env: ['A=1', 'B=two=2', 'EMPTY='] });
    await room.death(pid);
    return JSON.parse(room.stdout()) as StartFacts;
  }

  test.each([0, 1, 3, 255])('reports exit code %i', async (code) => {
    const pid = room.shell(`exit ${String(code)}`);
    expect(await room.death(pid)).toEqual({ code, signal: null, coreDumped: false });
  });

  test.each(['SIGKILL', 'SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGABRT', 'SIGIO'])(
    'reports a termination by %s',
    async (signal) => {
      const pid = room.shell(`kill -${signal.slice(3)} $$`);
      expect(await room.death(pid)).toEqual({ code: null, signal, coreDumped: false });
    },
  );

  test('reports SIGSEGV', async () => {
    const pid = room.shell('ulimit -c 0; kill -SEGV $$');
    expect(await room.death(pid)).toEqual({ code: null, signal: 'SIGSEGV', coreDumped: false });
  });

  test('passes exactly the given arguments and environment', async () => {
    const facts = await factsOfStart();
    expect(facts.argv0).toBe('my-name');
    expect(facts.argv).toEqual(['an argument', '', 'ünïcode "quoted"']);
    expect(facts.env).toEqual({ A: '1', B: 'two=2', EMPTY: '' });
    expect(facts.cwd).toBe(room.folder);
  });

  test('starts each program in a session and group of its own, with no signal blocked', async () => {
    const facts = await factsOfStart();
    expect([facts.group, facts.session]).toEqual([facts.pid, facts.pid]);
    expect(facts.blocked).toBe('0000000000000000');
  });

  test('passes three file descriptors and none of its own', async () => {
    const { descriptors } = await factsOfStart();
    const inherited = descriptors.filter((entry) => !/anon_inode|pipe:|\/dev\/urandom|\/proc\//.test(entry));
    expect(inherited).toEqual(['0 /dev/null', `1 ${room.stdoutPath}`, `2 ${room.stderrPath}`]);
  });

  test('separates stdout and stderr', async () => {
    await room.death(room.shell('echo out; echo err >&2'));
    expect(room.stdout()).toBe('out\n');
    expect(readFileSync(room.stderrPath, 'utf8')).toBe('err\n');
  });

  test('keeps the default action of SIGPIPE, although Node ignores it', async () => {
    const pid = room.launch({ file: '/bin/sh', argv: ['sh', '-c', 'kill -PIPE $$; echo survived'] });
    expect(await room.death(pid)).toMatchObject({ signal: 'SIGPIPE' });
  });

  test('runs a script with the interpreter of its #! line', async () => {
    const script = room.write('script', '#!/bin/sh\nexit 7\n');
    expect(await room.death(room.launch({ argv: [script] }))).toMatchObject({ code: 7 });
  });

  test('reports a hundred exits', async () => {
    const pids = Array.from({ length: 100 }, () => room.shell('sleep 600'));
    for (const pid of pids) process.kill(-pid, 'SIGKILL');
    for (const pid of pids) expect((await room.death(pid)).signal).toBe('SIGKILL');
    expect(room.reported.flat()).toHaveLength(100);
  });

  describe('reports', () => {
    test.each([
      ['a missing file', 'ENOENT', (): string[] => [join(room.folder, 'missing')], 'does not exist'],
      [
        'a file that is not executable',
        'EACCES',
        (): string[] => [room.write('data', 'x', 0o644)],
        'permission denied',
      ],
      ['a folder', 'EACCES', (): string[] => [room.folder], 'permission denied'],
      ['a missing interpreter', 'ENOENT', (): string[] => [room.write('x', '#!/no/such\n')], 'interpreter'],
      ['an empty file without a #! line', 'ENOEXEC', (): string[] => [room.write('empty', '')], '#! line'],
    ])('%s, naming it', (_what, errno, argv, message) => {
      const words = argv();
      const error = thrownBy(() => room.launch({ argv: words }));
      expect(error.code).toBe('SPAWN_FAILED');
      expect(error.message).toContain(`cannot start "${String(words[0])}"`);
      expect(error.message).toContain(message);
      expect(error.data).toMatchObject({ errno, path: words[0] });
      expect(room.reported).toEqual([]);
    });

    test('a missing working folder by name', () => {
      const gone = mkdtempSync(join(room.folder, 'gone-'));
      rmSync(gone, { recursive: true });
      const error = thrownBy(() => room.launch({ argv: ['/bin/true'], cwd: gone }));
      expect(error.message).toContain(`the working folder "${gone}" does not exist`);
    });
  });
});

describe('the posix launcher alone', () => {
  let room: LaunchRoom;

  beforeEach(() => {
    room = new LaunchRoom('posix');
  });

  afterEach(() => room.close());

  test('reports whether the kernel dumped a core', async () => {
    const pid = room.shell('ulimit -c unlimited 2>/dev/null; kill -SEGV $$');
    const { signal, coreDumped } = await room.death(pid);
    expect(signal).toBe('SIGSEGV');
    const pattern = readFileSync('/proc/sys/kernel/core_pattern', 'utf8').trim();
    // The shell may not be permitted to raise its limit; with a relative core pattern, the core file itself shows the result.
    if (!pattern.includes('/') && !pattern.startsWith('|')) expect(coreDumped).toBe(hasCore(room, pid));
    else expect(typeof coreDumped).toBe('boolean');
  });

  test.each([
    ['ENOENT', (): string => join(room.folder, 'missing')],
    ['EACCES', (): string => room.write('data', 'text', 0o644)],
    ['ENOEXEC', (): string => room.write('noline', 'echo hello\n')],
  ])('reports %s as the errno', (errno, path) => {
    const error = thrownBy(() => room.launch({ argv: [path()] }));
    expect(error.data['errno']).toBe(errno);
  });

  test('reports arguments that are too long', () => {
    const error = thrownBy(() => room.launch({ argv: ['/bin/true', 'x'.repeat(4_000_000)] }));
    expect(error.message).toContain('too long');
  });
});

function hasCore(room: LaunchRoom, pid: number): boolean {
  const names = ['core', `core.${String(pid)}`].map((name) => join(room.folder, name));
  return names.some((name) => {
    try {
      return readFileSync(name).length > 0;
    } catch {
      return false;
    }
  });
}
