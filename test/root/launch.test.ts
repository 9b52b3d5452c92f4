import { chmodSync } from 'node:fs';
import { getPriority } from 'node:os';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { resolveCredentials } from '../../src/engine/os/credentials.ts';
import { planPreparation, type PrivilegeFields } from '../../src/engine/os/preparation.ts';
import { LaunchRoom } from '../support/launch-room.ts';
import { thrownBy } from '../support/thrown-by.ts';

const AS_ENGINE: PrivilegeFields = { umask: null, nice: null, rlimits: {} };

describe.each(['posix', 'node'] as const)('a prepared start by root with the %s launcher', (kind) => {
  let room: LaunchRoom;

  beforeEach(() => {
    room = new LaunchRoom(kind);
    chmodSync(room.folder, 0o755);
  });

  afterEach(() => room.close());

  async function printed(script: string, fields: Partial<PrivilegeFields>, account: Account): Promise<string> {
    const credentials = resolveCredentials(account.user ?? null, account.group ?? null);
    const preparation = planPreparation({ ...AS_ENGINE, ...fields }, credentials);
    if (preparation === null) throw new Error('there is nothing to prepare');
    const env = [`PATH=${process.env['PATH'] ?? ''}`];
    const pid = room.launchPrepared({ argv: ['/bin/sh', '-c', script], env }, preparation);
    expect(await room.death(pid)).toMatchObject({ code: 0 });
    return room.stdout().trim();
  }

  test('runs the program as another user, with only the group of that user', async () => {
    expect(await printed('id -u; id -g; id -G', {}, { user: 'nobody' })).toBe('65534\n65534\n65534');
  });

  test('sets the supplementary groups of a login', async () => {
    expect(await printed('id -G', {}, { user: 'root', group: 'nogroup' })).toBe('65534 0');
  });

  test('runs the program as a uid without an entry, with only the given group', async () => {
    expect(await printed('id -u; id -g; id -G', {}, { user: 54_321, group: 54_322 })).toBe('54321\n54322\n54322');
  });

  test('changes only the group', async () => {
    expect(await printed('id -u; id -g', {}, { group: 54_322 })).toBe('0\n54322');
  });

  test('combines all settings, and raises a hard limit before dropping privileges', async () => {
    const fields = { umask: '007', nice: getPriority() - 3, rlimits: { core: 'unlimited' } } as const;
    const said = await printed('id -u; umask; nice; ulimit -Hc', fields, { user: 'nobody' });
    expect(said.split('\n')).toEqual(['65534', '0007', String(getPriority() - 3), 'unlimited']);
  });

  test('drops all capabilities', async () => {
    const said = await printed('grep -E "Cap(Prm|Eff)" /proc/self/status', {}, { user: 'nobody' });
    expect(said).toBe('CapPrm:\t0000000000000000\nCapEff:\t0000000000000000');
  });

  test('reports a program that the user may not execute', () => {
    const path = room.write('private', '#!/bin/sh\n', 0o700);
    const preparation = planPreparation(AS_ENGINE, resolveCredentials('nobody', null));
    const error = thrownBy(() => preparation !== null && room.launchPrepared({ argv: [path] }, preparation));
    expect(error).toMatchObject({ code: 'SPAWN_FAILED', data: { errno: 'EACCES', path } });
  });
});

interface Account {
  readonly user?: string | number;
  readonly group?: string | number;
}
