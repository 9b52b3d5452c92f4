import { expect, test } from 'vitest';
import { findTrees } from '../../../src/engine/sampling/find-trees.ts';
import { parseProcessListing } from '../../../src/engine/sampling/process-listing.ts';

test('parses the output of ps on Linux and macOS, without zombies and other lines', () => {
  const text = [
    '    1     0     1 Ss   systemd',
    '   77     1    77 S+   tmux: server',
    '  612     1   612 Ss   /usr/sbin/distnoted',
    '  613   612   612 Z    <defunct>',
    '  614   612   612 S    ',
    'ps: a warning',
    '',
  ].join('\n');
  expect(parseProcessListing(text)).toEqual([
    { pid: 1, parentPid: 0, groupId: 1, name: 'systemd' },
    { pid: 77, parentPid: 1, groupId: 77, name: 'tmux: server' },
    { pid: 612, parentPid: 1, groupId: 612, name: 'distnoted' },
    { pid: 614, parentPid: 612, groupId: 612, name: '' },
  ]);
});

test('finds trees in a list: by nearest root, and orphans by process group', () => {
  const listed = [
    { pid: 10, parentPid: 1, groupId: 10, name: 'outer' },
    { pid: 20, parentPid: 10, groupId: 10, name: 'inner' },
    { pid: 30, parentPid: 20, groupId: 10, name: 'leaf' },
    { pid: 40, parentPid: 1, groupId: 10, name: 'orphan' },
    { pid: 50, parentPid: 1, groupId: 50, name: 'unmanaged' },
  ];
  const root = (id: string, pid: number) => ({ id, pid, startTicks: null });
  const trees = findTrees(listed, [root('outer', 10), root('inner', 20), root('gone', 99)]);
  const pids = [...trees].map(([id, members]) => [id, members.map((member) => member.pid)]);
  expect(pids).toEqual([
    ['outer', [10, 40]],
    ['inner', [20, 30]],
  ]);
});
