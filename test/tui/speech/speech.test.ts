import { describe, expect, test } from 'vitest';
import { speechOf } from '../../../src/tui/speech/speech.ts';
import { appendLog } from '../../../src/tui/state/append-log.ts';
import { emptyLog } from '../../../src/tui/state/log-view.ts';
import type { State } from '../../../src/tui/state/state.ts';
import { plainMessage } from '../../../src/tui/store/messages.ts';
import { settle } from '../../../src/tui/store/settle.ts';
import { engineEvent, programRow } from '../../support/program-row.ts';
import { logLine } from '../support/fake-world.ts';
import { anomaly, DOWN, secondsAhead, targets, zombie } from '../support/samples.ts';
import { NOW, pens, press, screenWith } from '../support/states.ts';

const STATE = screenWith(['api', 'web']);
const WHY = programRow().why;

function speech(before: State, after: State): readonly string[] {
  return speechOf(before, after, pens());
}

function afterKeys(...keys: readonly string[]): readonly string[] {
  const last = keys.at(-1) ?? '';
  const before = press(STATE, ...keys.slice(0, -1)).state;
  return speech(before, press(before, last).state);
}

test('nothing is read out if nothing changed', () => {
  expect(speech(STATE, STATE)).toEqual([]);
  expect(speech(STATE, { ...STATE, nowMs: NOW + 1000, ticks: 1 })).toEqual([]);
});

describe('the connection', () => {
  const connecting: State = { ...screenWith([]), connection: { kind: 'connecting' } };

  test.each([
    [[], 'Connected: 0 programs. Press question mark to list the keys.'],
    [['api'], 'Connected: 1 program. Press question mark to list the keys.'],
    [['api', 'web'], 'Connected: 2 programs. Press question mark to list the keys.'],
  ])('to an engine with the programs %j', (ids, sentence) => {
    expect(speech(connecting, screenWith(ids))[0]).toBe(sentence);
  });

  test('that is lost', () => {
    expect(speech(STATE, { ...STATE, connection: DOWN })).toEqual([
      'The engine is not responding: connection refused. Press u to start it.',
    ]);
  });

  test('that stays lost is not read out again', () => {
    const down = { ...STATE, connection: DOWN };
    expect(speech(down, { ...down, connection: { ...DOWN, reason: 'other' } })).toEqual([]);
  });
});

describe('keys', () => {
  test.each<[string, string[], string[]]>([
    ['moving', ['j'], [`web, running, 0 restarts, ${WHY}, 2 of 2`]],
    ['moving beyond the end', ['j', 'j'], []],
    ['marking the last program', ['j', ' '], [`web, running, 0 restarts, ${WHY}, marked, 2 of 2`]],
    ['opening', ['enter'], ['Program api. Press Escape to go back.', `api, running, 0 restarts, ${WHY}`]],
    ['going back', ['enter', 'escape'], ['Tab Processes.', `api, running, 0 restarts, ${WHY}, 1 of 2`]],
    ['the Anomalies tab', ['2'], ['Tab Anomalies.', 'loading ...']],
    ['the Zombies tab', ['3'], ['Tab Zombies.', 'loading ...']],
    ['the Cooldown tab', ['4'], ['Tab Cooldown.']],
    ['the Healing log tab', ['5'], ['Tab Healing log.', 'no events yet']],
    ['filtering', ['/'], ['filter: ']],
    ['typing a filter', ['/', 'w'], ['filter: w']],
    ['sorting', ['o'], ['Sort by: c CPU, m memory, n name, u uptime, s status, r restarts, o engine order.']],
    ['pausing healing', ['h'], ['Pause healing: 1 for 30 minutes, 2 for 2 hours, 3 for 1 day, 0 until resumed.']],
    ['a confirmation', ['x'], ['Stop api? y for yes, n for no.']],
    ['canceling', ['x', 'n'], ['canceled']],
    ['an operation that asks', ['r'], ['Restart api? y for yes, n for no.']],
    ['an operation', ['r', 'y'], ['Restart api ...']],
    ['the command line', [':'], ['Command: , 36 matches']],
    ['typing a command', [':', 'q'], ['Command: q, 1 match']],
    ['selecting a completion', [':', 'down'], ['start  start programs']],
    ['a form', ['a'], ['Id: empty. the unique name of the program, such as web.']],
    ['a form with choices', ['a', 'up', 'up', 'up', 'up'], ['Autostart: yes. one of yes, no.']],
    ['the mouse', ['m'], ['the mouse selects text']],
  ])('%s: %j reads out %j', (_, keys, sentences) => {
    expect(afterKeys(...keys)).toEqual(sentences);
  });

  test('a confirmation about several programs names all of them', () => {
    const question = { operation: 'restart', targets: targets(3), params: {} } as const;
    expect(speech(STATE, { ...STATE, overlay: { kind: 'confirm', question } })).toEqual([
      'Restart p0, p1, p2? y for yes, n for no.',
    ]);
  });

  test.each([
    [1, 'Clean up 1 zombie? y for yes, n for no.'],
    [3, 'Clean up 3 zombies? y for yes, n for no.'],
  ])('a cleanup of %i zombies asks: %s', (count, sentence) => {
    expect(speech(STATE, { ...STATE, overlay: { kind: 'confirmClean', count, parents: [] } })).toEqual([sentence]);
  });

  test('a form reads out the problem of its field', () => {
    const filled = press(STATE, 'a').state;
    expect(speech(filled, press(filled, 'enter').state)).toEqual(['Id: empty. an id is required.']);
  });

  test('a form that is being applied is read out as such', () => {
    const form = press(STATE, 'a', 'w', 'tab', 'x').state;
    expect(speech(form, press(form, 'enter').state)).toEqual(['Applying.']);
  });
});

describe('the selected program', () => {
  function changed(changes: Parameters<typeof programRow>[0]): readonly string[] {
    const rows = [programRow({ id: 'api', ...changes }), programRow({ id: 'web' })];
    return speech(STATE, settle({ ...STATE, rows }));
  }

  test.each<[Parameters<typeof programRow>[0], string[]]>([
    [{ cpuPercent: 99, memoryMb: 1 }, []],
    [{ state: 'failed', why: 'gave up' }, ['api, failed, 0 restarts, gave up, 1 of 2']],
    [{ restarts: 1 }, [`api, running, 1 restart, ${WHY}, 1 of 2`]],
    [{ health: 'unhealthy' }, [`api, unhealthy, 0 restarts, ${WHY}, 1 of 2`]],
    [{ state: 'cooldown', cooldownUntil: secondsAhead(9) }, [`api, cooldown, 0 restarts, ${WHY}, 1 of 2`]],
  ])('that changes by %j reads out %j', (changes, sentences) => {
    expect(changed(changes)).toEqual(sentences);
  });

  test('does not read out a countdown', () => {
    const cold = (seconds: number): State =>
      settle({
        ...STATE,
        rows: [programRow({ id: 'api', state: 'cooldown', cooldownUntil: secondsAhead(seconds) })],
      });
    expect(speech(cold(9), cold(8))).toEqual([]);
  });

  test('that is removed while it is open', () => {
    const opened = press(STATE, 'enter').state;
    expect(speech(opened, settle({ ...opened, rows: [programRow({ id: 'web' })] }))).toEqual(['api no longer exists']);
  });
});

describe('records', () => {
  test.each<[string, Partial<State>, RegExp]>([
    ['2', { anomalies: [anomaly(1)] }, /memory-leak a restart evidence 1, 1 of 1$/],
    ['3', { zombies: { kind: 'read', zombies: [zombie(9)], seenAtMs: NOW } }, /^9 sleep <10s 4711 node a, 1 of 1$/],
    ['5', { events: [engineEvent(1)] }, /started web .*, 1 of 1$/],
  ])('on tab %s are read out as they are listed', (key, changes, pattern) => {
    const state = settle({ ...STATE, ...changes });
    expect(speech(state, press(state, key).state)[1]).toMatch(pattern);
  });

  test('a new event is read out while following', () => {
    const state = settle({ ...press(STATE, '5').state, events: [engineEvent(1)] });
    const later = settle({ ...state, events: [...state.events, engineEvent(2, { reason: 'crashed' })] });
    expect(speech(state, later)[0]).toMatch(/crashed, 2 of 2$/);
  });
});

describe('output', () => {
  const opened = press(STATE, 'enter').state;

  function written(count: number, stream: 'stdout' | 'stderr' = 'stdout'): readonly string[] {
    const lines = Array.from({ length: count }, (_, index) => logLine(`line ${index}`, stream));
    return speech(opened, { ...opened, log: appendLog(opened.log, 'api', lines, 0) });
  }

  test('is read out line by line', () => {
    expect(written(2)).toEqual(['line 0', 'line 1']);
  });

  test('of stderr is marked as an error', () => {
    expect(written(1, 'stderr')).toEqual(['Error: line 0']);
  });

  test.each([
    [20, 20, undefined],
    [21, 21, '1 earlier line skipped.'],
    [50, 21, '30 earlier lines skipped.'],
  ])('of %i lines is read out in %i sentences', (count, sentences, first) => {
    const read = written(count);
    expect(read).toHaveLength(sentences);
    if (first !== undefined) expect(read[0]).toBe(first);
    expect(read.at(-1)).toBe(`line ${count - 1}`);
  });

  test('is not read out while the log is not followed, or in the list', () => {
    const paused = { ...opened, log: { ...opened.log, isFollowing: false } };
    expect(speech(paused, { ...paused, log: appendLog(paused.log, 'api', [logLine('x')], 0) })).toEqual([]);
  });
});

describe('messages', () => {
  test('are read out once', () => {
    const message = plainMessage('hello', 'info', NOW);
    expect(speech(STATE, { ...STATE, message })).toEqual(['hello']);
    expect(speech({ ...STATE, message }, { ...STATE, message })).toEqual([]);
    expect(speech({ ...STATE, message }, STATE)).toEqual([]);
  });

  test('are followed by the equivalent command', () => {
    const message = { ...plainMessage('Stop api: stopped', 'good', NOW), command: 'healer stop api' };
    expect(speech(STATE, { ...STATE, message })).toEqual(['Stop api: stopped. Equivalent command: healer stop api']);
  });
});

describe('what a key did', () => {
  const log = appendLog(
    emptyLog(['web']),
    'web',
    Array.from({ length: 100 }, (_, index) => logLine(`line ${String(index)}${index % 10 === 3 ? ' error' : ''}`)),
    0,
  );
  const reading = settle({ ...press(screenWith(['web']), 'enter').state, log });

  test.each<[string, string[], RegExp]>([
    ['scrolling back', ['up'], /^Not following\.\nLine 90 of 100: line 89$/],
    ['a page back', ['pageup'], /^Not following\.\nLine \d+ of 100: line \d+$/],
    ['the start of the log', ['g'], /Line 1 of 100: line 0/],
    ['a match', ['/', 'e', 'r', 'r', 'o', 'r', 'enter'], /Match 10 of 10: line 93 error/],
    ['wrapping', ['w'], /^Long lines are wrapped\.$/],
    ['one stream', ['L'], /^Only stderr\.$/],
    ['a level', ['v', 'v'], /^Level warn and above\.$/],
    ['JSON', ['J'], /^JSON by fields\.$/],
    ['timestamps', ['T'], /^Timestamps: date\.$/],
    ['following', ['f'], /^Not following\.\nLine 91 of 100: line 90$/],
    ['zoom', ['z'], /^Zoomed\.$/],
    ['the tree', ['t'], /^Processes: 0\.$/],
    ['help', ['?'], /^Keys in this view:\n[^]*x: stop \(asks first\)[^]*Press Escape to close\.$/],
  ])('names its effect: %s', (_, keys, expected) => {
    const after = press(reading, ...keys).state;
    expect(speechOf(reading, after, pens()).join('\n')).toMatch(expected);
  });

  test('names its effect: sorting the table', () => {
    const state = screenWith(['web', 'api']);
    expect(speechOf(state, press(state, 'o', 'c').state, pens()).join('\n')).toContain('Sorted by cpu, highest first.');
  });
});
