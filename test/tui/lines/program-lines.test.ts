import { describe, expect, test } from 'vitest';
import type { ProcessSpecInput } from '../../../src/protocol/process-spec.ts';
import type { ProcessDetails, TreeMember } from '../../../src/protocol/results/process-details.ts';
import type { SnapshotRow } from '../../../src/protocol/snapshot.ts';
import { factLines } from '../../../src/tui/lines/fact-lines.ts';
import { chartLines, titleLines } from '../../../src/tui/lines/program-lines.ts';
import { treeLines } from '../../../src/tui/lines/tree-lines.ts';
import type { ProgramUsage, State, View } from '../../../src/tui/state/state.ts';
import { reduce } from '../../../src/tui/store/reduce.ts';
import { engineEvent, programDetails, programRow } from '../../support/program-row.ts';
import { lastExit, scene, secondsAgo, secondsAhead, visible } from '../support/samples.ts';
import { press, screenWith } from '../support/states.ts';

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

  function shown(
    definition: Partial<ProcessSpecInput> = {},
    changes: Partial<ProcessDetails> = {},
    program: Partial<SnapshotRow> = {},
    { columns = 80, height = 6 } = {},
  ): string[] {
    const details = { ...programDetails(programRow(), definition), ...changes };
    return visible(factLines(opened(program, { details }, columns), scene(columns, height)));
  }

  test('show the command and the last exit in full width, and short facts in columns', () => {
    expect(shown({}, {}, row)).toEqual([
      ' Command   node server.js',
      ' Last exit exited with code 1 after 20 s',
      ' Health    no check                     Limits    512M',
      ' PID       4711 (2 processes)           Restarts  3 (0 of 5 in 60 s)',
      ' Restart   on-failure                   Source    process_list.txt:3',
      ' Log       /var/log/web/current.log',
    ]);
    expect(shown({}, {}, row, { columns: 120 })[2]).toBe(
      ' Health    no check                     Limits    512M                         PID       4711 (2 processes)',
    );
    expect(shown({}, {}, row, { columns: 40, height: 4 })).toEqual([
      ' Command   node server.js',
      ' Last exit exited with code 1 after 20 s',
      ' Health    no check',
      ' Limits    512M',
    ]);
  });

  test.each<[Partial<ProcessSpecInput>, string]>([
    [{ cwd: '/srv/web' }, ' Command   node server.js   in /srv/web'],
    [{ command: 'sh', args: ['-c', 'echo hi'] }, " Command   sh -c 'echo hi'"],
  ])('of %j have the command %j', (definition, text) => {
    expect(shown(definition)[0]).toBe(text);
  });

  test.each<[Partial<ProcessSpecInput>, Partial<ProcessDetails>, string]>([
    [{ restart: { policy: 'always' } }, {}, 'Restart   always '],
    [{ healing: 'observe' }, {}, 'Restart   on-failure, observe only '],
    [{}, { nextRestart: secondsAhead(90) }, 'Restart   on-failure, planned in 90s '],
  ])('of %j and %j have the restart policy %j', (definition, changes, text) => {
    expect(shown(definition, changes, {}, { columns: 100 })[4]).toContain(text);
  });

  test.each<[Partial<SnapshotRow>, string]>([
    [{ pid: null }, 'PID       - '],
    [{ limits: { cpuPercent: null, memoryMb: null } }, 'Limits    none'],
    [{ lastExit: null }, 'Last exit none'],
    [{ source: '日本/list' }, 'Source    日本/list'],
  ])('of %j have %j', (program, text) => {
    expect(shown({}, {}, program).join('\n')).toContain(text);
  });

  test('have the newest result of the health check', () => {
    const health = { health: 'healthy', asked: 'GET http://127.0.0.1/', failures: 0, results: [] };
    const result = { at: secondsAgo(1), ok: true, answer: '200 OK', latencyMs: 12.4 };
    const view = (results: readonly object[]): string | undefined =>
      shown(
        {},
        { health: { ...health, results } as unknown as NonNullable<ProcessDetails['health']> },
        {},
        { columns: 109 * 2 },
      )[2];
    expect(view([])).toContain('Health    healthy: GET http://127.0.0.1/, not checked yet');
    expect(view([{ ...result, answer: 'old' }, result])).toContain('healthy: GET http://127.0.0.1/, 200 OK (12 ms)');
  });

  test('of a program whose details have not been read are those of its row', () => {
    const lines = visible(factLines(opened({ ...row, health: 'healthy' }), scene(80, 4)));
    expect(lines[2]).toBe(' Health    healthy                      Limits    512M');
  });

  test('of a program that was removed are empty', () => {
    expect(visible(factLines({ ...opened(row), rows: [] }, scene(80, 2)))).toEqual(['', '']);
  });
});

describe('the time axis', () => {
  const usage: ProgramUsage = {
    id: 'web',
    span: '15m',
    stepMs: 1000,
    added: 0,
    cpuPercent: Array<number>(900).fill(1),
    memoryMb: Array<number>(900).fill(40),
  };

  function axis(changes: Partial<State> = {}): string {
    const state = opened({ limits: { cpuPercent: null, memoryMb: 80 } }, { usage, ...changes });
    return visible(chartLines(state, scene(121, 9))).at(-1) ?? '';
  }

  test('has times, and marks for restarts and anomalies', () => {
    expect(axis()).toMatch(/^ {30}─+-10m─+-5m─+now$/);
    const events = [
      engineEvent(1, { kind: 'restarted', time: secondsAgo(120) }),
      engineEvent(2, { kind: 'cpu-spike', time: secondsAgo(420) }),
      engineEvent(3, { kind: 'restarted', process: 'other', time: secondsAgo(200) }),
    ];
    expect(axis({ events })).toMatch(/^ {30}─+-10m─+▲─+-5m─+↻─+now$/);
  });

  test('belongs to charts with a scale, on which a little usage looks little', () => {
    const lines = visible(chartLines(opened({ limits: { cpuPercent: null, memoryMb: 80 } }, { usage }), scene(121, 9)));
    expect(lines[0]).toMatch(/^ CPU 1\.5% +25% ┤$/);
    expect(lines[3]).toMatch(/ 0 ┤▁+$/);
    expect(lines[4]).toMatch(/ 80M ┤╌+$/);
  });
});

describe('the period of the charts', () => {
  const usage: ProgramUsage = {
    id: 'web',
    span: '15m',
    stepMs: 1000,
    added: 0,
    cpuPercent: Array.from({ length: 900 }, (_, second) => (second < 600 ? 10 : 1)),
    memoryMb: Array<number>(900).fill(40),
  };
  const drawn = (state: State): string[] => visible(chartLines(state, scene(121, 9)));

  test('is changed by + and -, and moved by < and >', () => {
    const state = opened({}, { usage });
    expect(drawn(state)[3]).toContain('last 15 min');
    const near = press(state, '+').state;
    expect(near).toMatchObject({ span: '5m', usage });
    expect(drawn(near).join('\n')).toMatch(/peak 1\.0%[^]*last 5 min[^]*-4m─+-3m/);
    const back = press(near, '<', '<').state;
    expect(drawn(back).join('\n')).toMatch(/peak 10\.0%[^]*5 min to -5 min[^]*-9m/);
    expect(drawn(back).at(-1)).not.toContain('now');
    expect(press(back, '>', '>', '>').state).toMatchObject({ chartBack: 0 });
    expect(press(near, '-', '-').state).toMatchObject({ span: '1h', usage: null });
  });

  test('leaves a column as it is until the chart moves by one', () => {
    const moving = Array.from({ length: 40 }, (_, second) => {
      const cpuPercent = [...usage.cpuPercent.slice(second), ...Array<number>(second).fill(1)];
      return drawn(opened({}, { usage: { ...usage, cpuPercent, added: second } }))
        .slice(0, 4)
        .join('\n');
    });
    expect(new Set(moving).size).toBeLessThan(8);
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

  test('shows the CPU usage between two readings, the age and the command of each process', () => {
    const at = (seconds: number, cpuSeconds: number): TreeMember[] => [
      { ...member(11, 1, 'node'), command: 'node worker.js', cpuSeconds, uptimeMs: seconds * 1000 },
      { ...member(12, 11, 'sleep'), command: 'sleep 60', cpuSeconds: 0, uptimeMs: 5000 },
    ];
    const detailsAt = (tree: TreeMember[]) => ({ ...programDetails(programRow()), tree });
    const first = reduce(opened({}), { kind: 'detailsRead', details: detailsAt(at(100, 7)) });
    const second = reduce(first, { kind: 'detailsRead', details: detailsAt(at(104, 8)) });
    const rowsOf = (state: State) => visible(treeLines(state, scene(60, 4))).slice(1, 3);
    expect(rowsOf(first)).toEqual([
      '      11              1.1 MB  1m      node worker.js',
      '      12              1.2 MB  <10s      └ sleep 60',
    ]);
    // The other process has the age of the reading before, so its pid may have been reused.
    expect(rowsOf(second)).toEqual([
      '      11   25.0%      1.1 MB  1m      node worker.js',
      '      12              1.2 MB  <10s      └ sleep 60',
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
    added: 0,
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
    expect(shown({ usage }, row)[0]?.slice(0, 23).trimEnd()).toBe(label);
  });

  test('have more facts on more lines', () => {
    const lines = shown({ usage }, {}, 8, 60).map((text) => text.slice(0, 23).trimEnd());
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
