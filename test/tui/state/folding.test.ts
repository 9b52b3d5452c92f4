import { describe, expect, test } from 'vitest';
import { tableLines } from '../../../src/tui/lines/table-lines.ts';
import { selectTargets, selectVisibleRows, selectWantedLog } from '../../../src/tui/store/selectors.ts';
import { programRow } from '../../support/program-row.ts';
import { scene, visible } from '../support/samples.ts';
import { press, screenWith } from '../support/states.ts';

const WORKER = { source: '/srv/healer.yaml:7', groups: ['jobs'], memoryMb: 10, cpuPercent: 1 };
const STATE = screenWith(
  [
    programRow({ id: 'api', groups: ['web'] }),
    programRow({ id: 'worker-0', name: 'worker-0', ...WORKER }),
    programRow({ id: 'worker-1', name: 'worker-1', ...WORKER }),
    programRow({ id: 'worker-2', name: 'worker-2', ...WORKER, state: 'paused' }),
    programRow({ id: 'svc-1', name: 'svc-1', source: 'process_list.txt:4' }),
    programRow({ id: 'svc-2', name: 'svc-2', source: 'process_list.txt:5' }),
  ],
  { size: { columns: 120, rows: 35 } },
);

const ids = (state: typeof STATE): string[] => selectVisibleRows(state).map(({ id }) => id);

describe('instances of a program', () => {
  test('have one row, with their sums and the state of the one to look at', () => {
    expect(ids(STATE)).toEqual(['api', 'worker-*', 'svc-1', 'svc-2']);
    const [, row] = selectVisibleRows(STATE);
    expect(row).toMatchObject({ name: 'worker 2/3', state: 'paused', cpuPercent: 3, memoryMb: 30, pid: null });
    expect(visible(tableLines(STATE, scene(120, 8))).join('\n')).toContain('▸worker 2/3');
  });

  test('are below it once it is opened', () => {
    const open = press(STATE, 'down', 'right').state;
    expect(ids(open)).toEqual(['api', 'worker-*', 'worker-0', 'worker-1', 'worker-2', 'svc-1', 'svc-2']);
    const folded = press(open, 'down', 'left').state;
    expect(ids(folded)).toEqual(ids(STATE));
    expect(folded.list.selectedId).toBe('worker-*');
    expect(press(STATE, 'left').state.message?.text).toContain('Right shows its processes');
  });

  test('are all operated on, opened and shown by their row', () => {
    const selected = press(STATE, 'down').state;
    expect(selectTargets(selected).map(({ id }) => id)).toEqual(['worker-0', 'worker-1', 'worker-2']);
    expect(selectWantedLog(selected)).toEqual(['worker-0', 'worker-1', 'worker-2']);
    expect(press(selected, 'x').state.overlay).toMatchObject({ kind: 'confirm', question: { targets: { length: 3 } } });
    expect(press(selected, 'enter').state.view).toMatchObject({
      kind: 'program',
      logOf: ['worker-0', 'worker-1', 'worker-2'],
    });
    expect(press(selected, 'space').state.list.marked).toEqual(new Set(['worker-0', 'worker-1', 'worker-2']));
    expect(press(selected, 'e').effects).toEqual([{ kind: 'readDefinition', id: 'worker-0' }]);
  });
});

test('f folds by group, then not at all', () => {
  const groups = press(STATE, 'f').state;
  expect(ids(groups)).toEqual(['@web', '@jobs', 'svc-1', 'svc-2']);
  expect(ids(press(groups, 'f').state)).toHaveLength(6);
});

test('a filter by group leaves its programs, folded', () => {
  expect(ids(press(STATE, '/', '@', 'j', 'o', 'b', 's', 'enter').state)).toEqual(['worker-*']);
});
