import { describe, expect, test } from 'vitest';
import type { TreeMember } from '../../../src/protocol/results/process-details.ts';
import { reduce } from '../../../src/tui/store/reduce.ts';
import { selectVisibleRows } from '../../../src/tui/store/selectors.ts';
import { settle } from '../../../src/tui/store/settle.ts';
import type { State } from '../../../src/tui/state/state.ts';
import { press, screenWith } from '../support/states.ts';

function member(pid: number, parentPid: number, command: string): TreeMember {
  return { pid, parentPid, name: command, command, memoryMb: 2, cpuSeconds: 1, uptimeMs: 5_000, startTicks: pid * 10 };
}

const TREE = [
  member(4711, 1, 'serve'),
  member(50, 4711, 'worker'),
  member(51, 50, 'helper'),
  member(52, 4711, 'cache'),
];

function withTree(state: State, members: readonly TreeMember[]): State {
  return settle(reduce(state, { kind: 'treeRead', id: 'a', members, nowMs: state.nowMs }));
}

/** The program "a" is unfolded, and its processes were read. */
function unfolded(members = TREE): State {
  return withTree(press(screenWith(['a', 'b', 'c']), 'right').state, members);
}

function ids(state: State): readonly string[] {
  return selectVisibleRows(state).map(({ id }) => id);
}

describe('the processes of a program in the table', () => {
  test('are below it, each below its parent, until it is folded', () => {
    expect(ids(unfolded())).toEqual(['a', 'a#4711', 'a#50', 'a#51', 'a#52', 'b', 'c']);
    expect(selectVisibleRows(unfolded()).map(({ name }) => name.search(/\S/))).toEqual([0, 1, 2, 3, 2, 0, 0]);
    const folded = press(unfolded(), 'j', 'j', 'left').state;
    expect(ids(folded)).toEqual(['a', 'b', 'c']);
    expect(folded.list.selectedId).toBe('a');
  });

  test('are missing for a program that does not run, and the screen says so', () => {
    const state = screenWith(['a']);
    const down = { ...state, rows: state.rows.map((row) => ({ ...row, pid: null })) };
    expect(press(down, 'right').state.message?.text).toBe('a is not running: it has no processes');
  });

  test('have figures of their own after the second reading', () => {
    const later = TREE.map((each) => ({ ...each, cpuSeconds: 2, uptimeMs: 7_000 }));
    const row = selectVisibleRows(withTree(unfolded(), later)).find(({ id }) => id === 'a#50');
    expect(row).toMatchObject({ pid: 50, cpuPercent: 50, memoryMb: 2 });
  });

  test('leave the selection to their program when they are gone', () => {
    const selected = press(unfolded(), 'j', 'j', 'j').state;
    expect(selected.list.selectedId).toBe('a#51');
    expect(withTree(selected, TREE.slice(0, 2)).list.selectedId).toBe('a');
  });

  test('are not marked themselves: Space marks their program', () => {
    expect([...press(unfolded(), 'j', ' ').state.list.marked]).toEqual(['a']);
  });

  test('open their program and its log', () => {
    expect(press(unfolded(), 'j', 'j', 'enter').state.view).toMatchObject({ kind: 'program', id: 'a', logOf: ['a'] });
  });

  test('are acted on together by the keys of a program, except those that end it', () => {
    expect(press(unfolded(), 'j', 'j', 'r').state.overlay).toMatchObject({
      kind: 'confirm',
      question: { operation: 'restart', targets: [{ id: 'a' }] },
    });
    for (const key of ['x', 'X', 'K', 'ctrl-k', 'f9'])
      expect(press(unfolded(), 'j', 'j', key).state.overlay).toMatchObject({ kind: 'signal', target: { pid: 50 } });
  });
});

describe('a signal', () => {
  test('is chosen, asked for, and sent to that process with its start time', () => {
    const asked = press(unfolded(), 'j', 'j', 'ctrl-k', '7');
    expect(asked.effects).toEqual([]);
    expect(asked.state.overlay).toMatchObject({ kind: 'signal', signal: 'SIGKILL' });
    const target = { id: 'a', pid: 50, startTicks: 500, command: 'worker' };
    const { state, effects } = press(asked.state, 'y');
    expect(effects).toEqual([{ kind: 'signal', target, signal: 'SIGKILL' }]);
    expect(state.overlay).toEqual({ kind: 'none' });
  });

  test.each(['n', 'escape', 'q', 'enter'])('is not sent after %s', (key) => {
    const { state, effects } = press(unfolded(), 'j', 'j', 'ctrl-k', '1', key);
    expect({ effects, overlay: state.overlay }).toEqual({ effects: [], overlay: { kind: 'none' } });
  });

  test('goes to the process that the dialog names, even if the selection has moved on', () => {
    const asked = press(unfolded(), 'j', 'j', 'ctrl-k', '1').state;
    const { effects } = press(withTree(asked, TREE.slice(0, 1)), 'y');
    expect(effects).toMatchObject([{ kind: 'signal', target: { pid: 50, startTicks: 500 } }]);
  });

  test('goes to the main process if a program is selected', () => {
    const { state } = press(screenWith(['a', 'b']), 'ctrl-k');
    expect(state.overlay).toMatchObject({ kind: 'signal', target: { id: 'a', pid: 4711 } });
  });

  test('is refused on a screen that is read-only', () => {
    const { state } = press({ ...unfolded(), readOnly: true }, 'ctrl-k');
    expect(state.overlay.kind).toBe('none');
    expect(state.message?.text).toContain('read-only');
  });
});
