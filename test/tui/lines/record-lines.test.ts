import { describe, expect, test } from 'vitest';
import { recordLines } from '../../../src/tui/lines/record-lines.ts';
import type { RecordTab, State } from '../../../src/tui/state/state.ts';
import { settle } from '../../../src/tui/store/settle.ts';
import { timeOfDay } from '../../../src/tui/text/figures.ts';
import { engineEvent } from '../../support/program-row.ts';
import { anomaly, DOWN, scene, visible, zombie } from '../support/samples.ts';
import { NOW, press, screenWith } from '../support/states.ts';

const TIME = timeOfDay(engineEvent(1).time);
const FOUND = timeOfDay(anomaly(1).at);
const SEEN = timeOfDay(new Date(NOW).toISOString());

function opened(tab: RecordTab, changes: Partial<State>, columns = 80, rows = 24): State {
  return settle({ ...screenWith(['a', 'web'], { size: { columns, rows }, view: { kind: 'tab', tab } }), ...changes });
}

function shown(state: State, height = 10): string[] {
  return visible(recordLines(state, scene(state.size.columns, height)));
}

describe('events', () => {
  const events = [
    engineEvent(1, { kind: 'engine-started', process: null, reason: 'ready' }),
    engineEvent(2, { kind: 'crashed', reason: 'killed by SIGSEGV', data: { signal: 'SIGSEGV' } }),
  ];

  test.each([
    [40, ' Time  Kind        Process  Reason', `▌${TIME.slice(0, 5)} crashed     web      killed by S…`],
    [
      80,
      ' Time     Kind               Process        Reason   (following)',
      `▌${TIME} crashed            web            killed by SIGSEGV`,
    ],
    [
      120,
      ' Time     Kind                 Process                  Reason   (following)',
      `▌${TIME} crashed              web                      killed by SIGSEGV`,
    ],
  ])('on %i columns', (columns, heading, row) => {
    const lines = shown(opened('events', { events }, columns), 6);
    expect(lines[0]).toBe(heading);
    expect(lines[2]).toBe(row);
  });

  test('of the engine name no program', () => {
    expect(shown(opened('events', { events }))[1]).toContain('engine-started     engine         ready');
  });

  test('have details below', () => {
    const lines = shown(opened('events', { events }));
    expect(lines.at(-3)).toMatch(/^ \d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}crashed {2}web, pid 4711 ─+$/);
    expect(lines.at(-2)).toBe('  killed by SIGSEGV  |  signal=SIGSEGV');
  });

  test.each([
    [[], 'following'],
    [['k'], '1 newer, f: follow'],
    [['f'], 'f: follow'],
    [['k', 'f'], 'following'],
  ])('after the keys %j are noted as %j', (keys, note) => {
    const { state } = press(opened('events', { events }), ...keys);
    expect(shown(state)[0]).toContain(`(${note})`);
  });
});

describe('anomalies', () => {
  test.each([
    [40, ' Time  Kind        Process  Action   Evide…', null],
    [
      80,
      ' Time     Kind        Process        Action   Evidence',
      `▌${FOUND} memory-leak a              restart  evidence 1`,
    ],
    [
      120,
      ' Time     Kind        Process                  Action   Evidence',
      `▌${FOUND} memory-leak a                        restart  evidence 1`,
    ],
  ])('on %i columns', (columns, heading, row) => {
    const lines = shown(opened('anomalies', { anomalies: [anomaly(1)] }, columns));
    expect(lines[0]?.slice(0, 30)).toBe(heading.slice(0, 30));
    if (row !== null) expect(lines[1]).toBe(row);
  });

  test('have details below', () => {
    const lines = shown(opened('anomalies', { anomalies: [anomaly(1, { pid: null })] }));
    expect(lines.at(-3)).toMatch(/^ \S+ \S+ {2}memory-leak {2}a ─+$/);
    expect(lines.at(-2)).toBe('  evidence 1  |  slopeMbPerMinute=4.1');
  });
});

describe('zombies', () => {
  function withZombies(...zombies: readonly ReturnType<typeof zombie>[]): State {
    return opened('zombies', { zombies: { kind: 'read', zombies, seenAtMs: NOW } });
  }

  test('are listed with their parents, the oldest first', () => {
    const lines = shown(withZombies(zombie(61), zombie(7200, { program: null })));
    expect(lines[0]).toBe('      PID Name                  Age   Parent Name             Program');
    expect(lines[1]).toBe('▌    7200 sleep               2h 0m     4711 node             unmanaged');
    expect(lines[2]).toBe('       61 sleep                  1m     4711 node             a');
  });

  test('show when they were read, if there is room', () => {
    const zombies = { kind: 'read', zombies: [zombie(61)], seenAtMs: NOW } as const;
    expect(shown(opened('zombies', { zombies }, 120))[0]).toMatch(new RegExp(`\\(as of ${SEEN}, r: refresh\\)$`));
  });

  test.each([
    [
      zombie(9),
      'It has exited, but its parent node (pid 4711, of program a) has not reaped it. Press c to send SIGCHLD to the parent, which makes most programs reap their children; others have to be restarted. A zombie uses a pid but no memory.',
    ],
    [
      zombie(9, { program: null, untouched: 'its parent is PID 1' }),
      'It has exited, but its parent node (pid 4711, an unmanaged process) has not reaped it. healer does not signal the parent: its parent is PID 1. A zombie uses a pid but no memory.',
    ],
  ])('have an explanation (%#)', (example, text) => {
    const lines = shown(withZombies(example), 20);
    const start = lines.findIndex((line) => line.startsWith(' sleep (pid 9)'));
    const words = lines
      .slice(start + 1)
      .join(' ')
      .replaceAll(/ +/g, ' ')
      .trim();
    expect(text.startsWith(words)).toBe(true);
    expect(words.length).toBeGreaterThan(100);
  });
});

describe('an empty list', () => {
  test.each<[RecordTab, Partial<State>, string]>([
    ['events', {}, 'no events yet'],
    ['events', { status: null, connection: DOWN }, 'not connected to the engine yet'],
    ['anomalies', { anomalies: null }, 'loading ...'],
    ['anomalies', { anomalies: [] }, 'no anomalies in the last 24 hours'],
    ['zombies', {}, 'loading ...'],
    ['zombies', { zombies: { kind: 'read', zombies: [], seenAtMs: NOW } }, 'no zombies on this machine'],
    ['zombies', { zombies: { kind: 'refused', reason: 'not supported here' } }, 'not supported here'],
  ])('of %s with %j shows %j', (tab, changes, text) => {
    expect(shown(opened(tab, changes)).slice(1, 4)).toEqual(['', `  ${text}`, '']);
  });

  test.each(['events', 'anomalies', 'zombies'] as const)('of %s after a filter shows the filter', (tab) => {
    const { state } = press(opened(tab, {}), '/', 'x', 'y');
    expect(shown(state)[2]).toBe('  no matches for "xy"; press Esc to show all');
  });
});

describe('the window', () => {
  const events = Array.from({ length: 40 }, (_, index) => engineEvent(index, { reason: `event ${index}` }));
  const state = opened('events', { events });

  test.each([
    [[], 'event 30', 'event 39'],
    [['k'], 'event 30', 'event 39'],
    [['g'], 'event 0', 'event 9'],
    [['g', 'pagedown'], 'event 1', 'event 10'],
  ])('after the keys %j shows %j to %j', (keys, first, last) => {
    const lines = shown(press(state, ...keys).state, 18);
    const rows = lines.slice(1, 11).map((line) => /event \d+/.exec(line)?.[0]);
    expect(rows.at(0)).toBe(first);
    expect(rows.at(-1)).toBe(last);
  });

  test('on a low screen has no details', () => {
    const lines = shown(opened('events', { events }, 80, 10), 6);
    expect(lines).toHaveLength(6);
    expect(lines.slice(1).every((line) => line.includes('event'))).toBe(true);
  });
});
