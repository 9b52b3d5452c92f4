import { describe, expect, test } from 'vitest';
import type { ProcessSpecInput } from '../../../src/protocol/process-spec.ts';
import type { ProcessDetails, TreeMember } from '../../../src/protocol/results/process-details.ts';
import type { SnapshotRow } from '../../../src/protocol/snapshot.ts';
import { detailLines } from '../../../src/tui/lines/detail-lines.ts';
import { selectFacts } from '../../../src/tui/lines/program-facts.ts';
import { chartLines, titleLines } from '../../../src/tui/lines/program-lines.ts';
import { treeLines } from '../../../src/tui/lines/tree-lines.ts';
import type { ProgramUsage, State, View } from '../../../src/tui/state/state.ts';
import { programDetails, programRow } from '../../support/program-row.ts';
import { lastExit, scene, secondsAgo, secondsAhead, visible } from '../support/samples.ts';
import { screenWith } from '../support/states.ts';

const VIEW: View = { kind: 'program', id: 'web', from: 'processes', logOf: ['web'] };

function opened(row: Partial<SnapshotRow>, changes: Partial<State> = {}, columns = 80): State {
  return screenWith([programRow({ why: 'started', ...row })], { view: VIEW, size: { columns, rows: 40 }, ...changes });
}

describe('the title', () => {
  test.each<[Partial<SnapshotRow>, string]>([
    [{ startedAt: secondsAgo(3700) }, ' web  ● running  up 1h 1m  started'],
    [{ startedAt: null, state: 'stopped' }, ' web  ○ stopped  started'],
    [{ name: 'Shop', startedAt: null, state: 'failed', why: 'gave up' }, ' Shop  ✗ failed  gave up'],
  ])('of %j is %j', (row, text) => {
    expect(visible(titleLines(opened(row), scene(80, 1)))).toEqual([text]);
  });

  test('of a program that was removed shows that', () => {
    const state = { ...opened({}), rows: [] };
    expect(visible(titleLines(state, scene(80, 1)))).toEqual([' web no longer exists (Esc: back)']);
  });

  test('is empty outside the screen of a program', () => {
    expect(visible(titleLines(screenWith(['web']), scene(80, 1)))).toEqual(['']);
  });
});

describe('facts', () => {
  const row = { restarts: 3, lastExit: lastExit({ reason: 'exited with code 1 after 20 s' }), processes: 2 };

  test.each([
    [30, ['PID', 'State', 'Restarts']],
    [40, ['PID', 'State', 'Restarts', 'Limits']],
    [50, ['PID', 'State', 'Restarts', 'Limits', 'Last exit']],
    [80, ['PID', 'State', 'Restarts', 'Limits', 'Tree', 'Last exit']],
    [100, ['PID', 'State', 'Restarts', 'Limits', 'Tree', 'Health', 'Last exit', 'Source']],
  ])('on %i columns are %j', (columns, titles) => {
    expect(Object.keys(selectFacts(opened(row, {}, columns)))).toEqual(titles);
  });

  test('never need more than the screen', () => {
    for (let columns = 30; columns <= 200; columns += 1) {
      const cells = Object.entries(selectFacts(opened(row, {}, columns)));
      const width = cells.reduce((sum, [title, text]) => sum + Math.max(title.length, text.length) + 3, 1);
      expect(width).toBeLessThanOrEqual(columns);
    }
  });

  test('have the values of the row', () => {
    expect(selectFacts(opened({ ...row, source: 'registry' }, {}, 200))).toEqual({
      PID: '4711',
      State: 'running',
      Restarts: '3',
      Limits: '512M',
      Tree: '2',
      Health: 'unknown',
      'Last exit': 'exited with code 1 after 20 s',
      Source: 'registry',
    });
  });

  test.each<[Partial<SnapshotRow>, Readonly<Record<string, string>>]>([
    [{ pid: null }, { PID: '-' }],
    [{ limits: { cpuPercent: null, memoryMb: null } }, { Limits: 'none' }],
    [{ lastExit: null }, { 'Last exit': 'none' }],
    [{ source: '日本/list' }, { Source: '??/list' }],
  ])('of %j are %j', (changes, facts) => {
    expect(selectFacts(opened(changes, {}, 200))).toMatchObject(facts);
  });

  test('are the same object while nothing changes', () => {
    const state = opened(row);
    const facts = selectFacts(state);
    expect(selectFacts({ ...state, rows: [programRow({ why: 'started', ...row, cpuPercent: 99 })] })).toBe(facts);
  });

  test('of a program that was removed are empty', () => {
    expect(selectFacts({ ...opened(row), rows: [] })).toEqual({ PID: '-' });
  });
});

describe('details', () => {
  function shown(definition: Partial<ProcessSpecInput>, changes: Partial<ProcessDetails> = {}): string[] {
    const details = { ...programDetails(programRow(), definition), ...changes };
    return visible(detailLines(opened({}, { details }), scene(100, 4)));
  }

  test.each<[Partial<ProcessSpecInput>, string]>([
    [{}, ' Command  node server.js'],
    [{ cwd: '/srv/web' }, ' Command  node server.js   in /srv/web'],
    [{ command: 'sh', args: ['-c', 'echo hi'] }, " Command  sh -c 'echo hi'"],
  ])('of %j have the command %j', (definition, line) => {
    expect(shown(definition)[0]).toBe(line);
  });

  test.each<[Partial<ProcessSpecInput>, Partial<ProcessDetails>, string]>([
    [{}, {}, ' Restart  on-failure, 0 of 5 in 60 s'],
    [{ restart: { policy: 'always' } }, {}, ' Restart  always, 0 of 5 in 60 s'],
    [{ healing: 'observe' }, {}, ' Restart  on-failure, 0 of 5 in 60 s, observe only'],
    [{}, { nextRestart: secondsAhead(90) }, ' Restart  on-failure, 0 of 5 in 60 s, planned in 90s'],
  ])('of %j and %j have the restart policy %j', (definition, changes, line) => {
    expect(shown(definition, changes)[1]).toBe(line);
  });

  test('show that there is no health check', () => {
    expect(shown({})[2]).toBe(' Health   no check');
  });

  test('have the newest result of the health check', () => {
    const health = { health: 'healthy', asked: 'GET http://127.0.0.1/', failures: 0, results: [] };
    const result = { at: secondsAgo(1), ok: true, answer: '200 OK', latencyMs: 12.4 };
    const view = (results: readonly object[]): string | undefined =>
      shown({}, { health: { ...health, results } as unknown as NonNullable<ProcessDetails['health']> })[2];
    expect(view([])).toBe(' Health   healthy: GET http://127.0.0.1/, not checked yet');
    expect(view([{ ...result, answer: 'old' }, result])).toBe(
      ' Health   healthy: GET http://127.0.0.1/, 200 OK (12 ms)',
    );
  });

  test('have the path of the log', () => {
    expect(shown({})[3]).toBe(' Log      /var/log/web/current.log');
  });

  test('are empty until they have been read', () => {
    expect(visible(detailLines(opened({}), scene(100, 4)))).toEqual(['', '', '', '']);
  });
});

describe('the process tree', () => {
  function shown(tree: readonly TreeMember[] | null, height = 8): string[] {
    const details = tree === null ? null : { ...programDetails(programRow()), tree };
    return visible(treeLines(opened({}, { details }), scene(60, height)));
  }

  function member(pid: number, parentPid: number, name: string): TreeMember {
    return { pid, parentPid, name, memoryMb: pid / 10 };
  }

  test('shows each process below its parent', () => {
    const tree = [
      member(13, 12, 'c'),
      member(11, 1, 'a'),
      member(12, 11, 'b'),
      member(14, 11, 'd'),
      member(99, 50, 'x'),
    ];
    expect(shown(tree).slice(1)).toEqual([
      '      11       1.1 MB  a',
      '      12       1.2 MB    └ b',
      '      13       1.3 MB      └ c',
      '      14       1.4 MB    └ d',
      '      99       9.9 MB  x',
      '',
      '',
    ]);
  });

  test('counts the processes and names the key back', () => {
    expect(shown([member(11, 1, 'a')])[0]).toMatch(/^ Processes 1 ─+ t: show charts$/);
  });

  test.each([
    [3, ['p10', 'and 9 more']],
    [5, ['p10', 'p11', 'p12', 'and 7 more']],
    [11, ['p10', 'p11', 'p12', 'p13', 'p14', 'p15', 'p16', 'p17', 'p18', 'p19']],
  ])('on %i rows shows %j', (height, names) => {
    const tree = Array.from({ length: 10 }, (_, index) => member(10 + index, 1, `p${10 + index}`));
    const rows = shown(tree, height).slice(1);
    expect(rows.map((row) => (row.includes('more') ? row.trim() : row.split(' ').at(-1)))).toEqual(names);
  });

  test.each([
    [null, '  loading ...'],
    [[], '  no processes'],
  ])('of %j shows %j', (tree, text) => {
    expect(shown(tree)[1]).toBe(text);
  });
});

describe('charts', () => {
  const usage: ProgramUsage = {
    id: 'web',
    span: '15m',
    stepMs: 1000,
    cpuPercent: [0, 50, 100],
    memoryMb: [256, 256, 512],
  };
  const limits = { cpuPercent: 100, memoryMb: 512 };

  function shown(changes: Partial<State>, row: Partial<SnapshotRow> = {}, height = 2, columns = 40): string[] {
    return visible(chartLines(opened({ limits, ...row }, changes, columns), scene(columns, height)));
  }

  test('end at the right with the newest sample, full at the limit', () => {
    expect(shown({ usage })).toEqual([
      ' CPU 1.5% of 100%                    ▄█',
      ' Mem 48.2 MB of 512 MB              ▄▄█',
    ]);
  });

  test.each<[Partial<SnapshotRow>, string]>([
    [{ cpuPercent: null }, ' CPU - of 100%'],
    [{ limits: { cpuPercent: null, memoryMb: null } }, ' CPU 1.5%'],
    [{ cpuPercent: 100 }, ' CPU 100.0% of 100%'],
  ])('of %j have the label %j', (row, label) => {
    expect(shown({ usage }, row)[0]?.slice(0, 26).trimEnd()).toBe(label);
  });

  test('have more facts on more lines', () => {
    const lines = shown({ usage }, {}, 8, 60).map((text) => text.slice(0, 26).trimEnd());
    expect(lines).toEqual([
      ' CPU 1.5% of 100%',
      '     peak 100.0%',
      '     last 15 min',
      '',
      ' Mem 48.2 MB of 512 MB',
      '     peak 512.0 MB',
      '',
      '',
    ]);
    expect(shown({ usage, span: '24h' }, {}, 8)[2]).toContain('last 24 h');
    expect(shown({ usage }, { limits: { cpuPercent: null, memoryMb: null } }, 8)[1]).toContain('no limit');
  });

  test('are scaled to the peak if it is above the limit, with the limit as a line', () => {
    const above = { ...usage, cpuPercent: [200, 0, 0] };
    const lines = shown({ usage: above }, {}, 8, 40).slice(0, 4);
    expect(lines[0]).toMatch(/█$/);
    expect(lines.findIndex((text) => text.includes('╌'))).toBe(2);
  });

  test('are empty until the history has been read, or for another program', () => {
    expect(shown({ usage: null })[0]).toBe(' CPU 1.5% of 100%');
    expect(shown({ usage: { ...usage, id: 'other' } })[0]).toBe(' CPU 1.5% of 100%');
  });

  test.each([0, 1])('are not drawn on %i rows', (height) => {
    expect(shown({ usage }, {}, height)).toEqual(Array(height).fill(''));
  });
});
