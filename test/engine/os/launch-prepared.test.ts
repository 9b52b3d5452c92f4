import { chmodSync } from 'node:fs';
import { getPriority } from 'node:os';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { resolveCredentials } from '../../../src/engine/os/credentials.ts';
import { planPreparation, type PrivilegeFields } from '../../../src/engine/os/preparation.ts';
import { LaunchRoom } from '../../support/launch-room.ts';
import { withoutPrivileges } from '../../support/without-privileges.ts';
import { thrownBy } from '../../support/thrown-by.ts';

const AS_ENGINE: PrivilegeFields = { umask: null, nice: null, rlimits: {} };

describe.each(['posix', 'node'] as const)('a prepared start by the %s launcher', (kind) => {
  let room: LaunchRoom;

  beforeEach(() => {
    room = new LaunchRoom(kind);
    chmodSync(room.folder, 0o755);
  });

  afterEach(() => room.close());

  function start(
    script: string,
    fields: Partial<PrivilegeFields>,
    { user = null, group = null, env = {} }: StartOptions = {},
  ): number {
    const credentials = resolveCredentials(user, group);
    const preparation = planPreparation({ ...AS_ENGINE, ...fields }, credentials);
    if (preparation === null) throw new Error('there is nothing to prepare');
    const pairs = Object.entries({ PATH: process.env['PATH'] ?? '', ...env }).map((pair) => pair.join('='));
    return room.launchPrepared({ argv: ['/bin/sh', '-c', script], env: pairs }, preparation);
  }

  async function printed(script: string, fields: Partial<PrivilegeFields>, options?: StartOptions): Promise<string> {
    const pid = start(script, fields, options);
    expect(await room.death(pid)).toMatchObject({ code: 0 });
    return room.stdout().trim();
  }

  test('sets the umask of the program and keeps that of the engine', async () => {
    const own = process.umask(0o022);
    expect(await printed('umask', { umask: '027' })).toBe('0027');
    expect(process.umask(own)).toBe(0o022);
  });

  test('sets the niceness', async () => {
    expect(await printed('nice', { nice: getPriority() + 5 })).toBe(String(getPriority() + 5));
  });

  test('sets soft and hard limits', async () => {
    const script = 'ulimit -Sn; ulimit -Hn; ulimit -Hc';
    const said = await printed(script, { rlimits: { nofile: { soft: 100, hard: 200 }, core: 0 } });
    expect(said.split('\n')).toEqual(['100', '200', '0']);
  });

  test('keeps the pid, session and group', async () => {
    const pid = start('echo $$; ps -o pgid=,sid= -p $$', { nice: getPriority() + 1, umask: '077' });
    await room.death(pid);
    expect(room.stdout().split(/\s+/).filter(Boolean).map(Number)).toEqual([pid, pid, pid]);
  });

  test('hides variables that load files from the tools, and restores them for the program', async () => {
    const env = { LD_LIBRARY_PATH: '/no/such', TMPDIR: "/it's $HOME", OTHER: 'x' };
    const script = 'echo "$LD_LIBRARY_PATH|$TMPDIR|$OTHER"; env | grep -c HEALER_LATER || true';
    expect(await printed(script, { nice: getPriority() + 1 }, { env })).toBe("/no/such|/it's $HOME|x\n0");
  });

  test('reports a missing program in the same way as a start without preparation', () => {
    const preparation = planPreparation({ ...AS_ENGINE, nice: getPriority() + 1 }, null);
    const error = thrownBy(() => preparation !== null && room.launchPrepared({ argv: ['/no/such'] }, preparation));
    expect(error).toMatchObject({ code: 'SPAWN_FAILED', data: { errno: 'ENOENT', path: '/no/such' } });
  });

  test('rejects a text file without a #! line instead of running it in a shell', () => {
    const preparation = planPreparation({ ...AS_ENGINE, nice: getPriority() + 1 }, null);
    const path = room.write('text', 'echo hello\n');
    const error = thrownBy(() => preparation !== null && room.launchPrepared({ argv: [path] }, preparation));
    expect(error).toMatchObject({ code: 'SPAWN_FAILED', data: { errno: 'ENOEXEC' } });
  });

  test('reports contradictory limits with their cause', () => {
    const error = thrownBy(() => start('true', { rlimits: { nofile: { soft: 200, hard: 100 } } }));
    expect(error.message).toMatch(/prlimit|limit/);
    expect(error.code).toBe('SPAWN_FAILED');
  });

  test('reports the exit code of a program that exits immediately', async () => {
    const pid = start('exit 127', { nice: getPriority() + 1 });
    expect(await room.death(pid)).toMatchObject({ code: 127 });
  });

  test('reports that another user and a lower niceness require privileges', async () => {
    const errors = await withoutPrivileges(() => [
      thrownBy(() => start('true', {}, { user: 'root' })),
      thrownBy(() => start('true', { nice: getPriority() - 1 })),
    ]);
    expect(errors).toMatchObject([{ data: { errno: 'EPERM' } }, { data: { errno: 'EACCES' } }]);
  });
});

describe('credentials', () => {
  test('of an unknown user or group are an error that names it', () => {
    expect(thrownBy(() => resolveCredentials('no-such-user', null)).message).toContain('"no-such-user"');
    expect(thrownBy(() => resolveCredentials(null, 'no-such-group')).message).toContain('"no-such-group"');
  });

  test('of a uid without an entry require a group', () => {
    expect(thrownBy(() => resolveCredentials(54_321, null)).message).toContain('set "group" too');
    expect(resolveCredentials('54321', 1)).toEqual({ uid: 54_321, gid: 1, entry: null });
  });

  test('are null if nothing is configured, and need no preparation if they are those of the engine', () => {
    expect(resolveCredentials(null, null)).toBeNull();
    const own = resolveCredentials(process.geteuid?.() ?? 0, process.getegid?.() ?? 0);
    expect(planPreparation({ ...AS_ENGINE, nice: getPriority() }, own)).toBeNull();
  });
});

interface StartOptions {
  readonly user?: string | number | null;
  readonly group?: string | number | null;
  readonly env?: Readonly<Record<string, string>>;
}
