import { describe, expect, test } from 'vitest';
import { cgroupBase, locateCgroup } from '../../src/base/cgroup-mount.ts';

const UNIFIED = '30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate';
const HYBRID = `31 23 0:27 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw`;

describe('the cgroup of this process', () => {
  test.each([
    ['the only hierarchy', UNIFIED, '0::/user.slice/a.scope\n', '/sys/fs/cgroup', '/user.slice/a.scope'],
    ['a hybrid host', HYBRID, '8:pids:/x\n0::/\n', '/sys/fs/cgroup/unified', '/'],
    ['a partially mounted hierarchy', UNIFIED.replace(' / ', ' /box '), '0::/box/app\n', '/sys/fs/cgroup', '/app'],
    ['the top of a partially mounted hierarchy', UNIFIED.replace(' / ', ' /box '), '0::/box\n', '/sys/fs/cgroup', '/'],
    ['a mount point with a space', UNIFIED.replace('fs/cgroup', 'fs/c\\040g'), '0::/\n', '/sys/fs/c g', '/'],
  ])('is found on %s', (_, mountInfo, own, mountPoint, path) => {
    expect(locateCgroup(mountInfo, own)).toEqual({ mountPoint, path });
  });

  test.each([
    ['only version 1', '31 23 0:27 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids', '8:pids:/\n'],
    ['a read-only mount', UNIFIED.replace('rw,nosuid', 'ro,nosuid'), '0::/\n'],
    ['none', '', ''],
  ])('is null with %s', (_, mountInfo, own) => {
    expect(locateCgroup(mountInfo, own)).toBeNull();
  });
});

test.each([
  ['a user with a delegated cgroup', 1000, '/user.slice/u.service/app.slice/h.service'],
  ['root in a service', 0, '/system.slice/healer.service'],
])('new cgroups of %s are created below its own cgroup', (_, uid, path) => {
  expect(cgroupBase({ mountPoint: '/cg', path }, uid)).toBe(`/cg${path}`);
});

test('new cgroups of root in a login session are created in the root cgroup', () => {
  expect(cgroupBase({ mountPoint: '/cg', path: '/user.slice/session-1.scope' }, 0)).toBe('/cg');
  expect(cgroupBase({ mountPoint: '/cg', path: '/' }, 1000)).toBe('/cg');
});
