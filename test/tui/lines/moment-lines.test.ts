import { expect, test } from 'vitest';
import { recordLines } from '../../../src/tui/lines/record-lines.ts';
import type { State } from '../../../src/tui/state/state.ts';
import { reduce } from '../../../src/tui/store/reduce.ts';
import { selectMoment } from '../../../src/tui/store/selectors.ts';
import { settle } from '../../../src/tui/store/settle.ts';
import { timeOfDay } from '../../../src/tui/text/figures.ts';
import { engineEvent } from '../../support/program-row.ts';
import { logLine } from '../support/fake-world.ts';
import { scene, visible } from '../support/samples.ts';
import { press, screenWith } from '../support/states.ts';

const CRASH = engineEvent(2, { kind: 'crashed', process: 'web', reason: 'killed by SIGSEGV' });
const EVENTS = [engineEvent(1, { kind: 'engine-started', process: null, reason: 'ready' }), CRASH];

function opened(): State {
  return settle({ ...screenWith(['web']), events: EVENTS, view: { kind: 'tab', tab: 'events' } });
}

function shown(state: State, height: number): string[] {
  return visible(recordLines(state, scene(80, height)));
}

function withLines(state: State, ...lines: readonly ReturnType<typeof logLine>[]): State {
  const moment = selectMoment(state);
  if (moment === null) throw new Error('no moment is wanted');
  return reduce(state, { kind: 'momentRead', moment, lines });
}

test('below the selected event is what the program printed last before it', () => {
  const state = withLines(opened(), logLine('one'), logLine('two'), logLine('boom', 'stderr'));
  const at = timeOfDay(logLine('').time ?? '');
  const lines = shown(state, 18);
  expect(lines.slice(-6).map((text) => text.trimEnd())).toEqual([
    '  killed by SIGSEGV',
    `  │ ${at}   one`,
    `  │ ${at}   two`,
    `  │ ${at} E boom`,
    '',
    '',
  ]);
  expect(shown(state, 11).join('\n')).not.toContain('one');
  expect(shown(state, 11).join('\n')).toContain('boom');
});

test('the lines of another event are not shown', () => {
  const state = withLines(opened(), logLine('boom', 'stderr'));
  const moved = press(state, 'k').state;
  expect(selectMoment(moved)).toBeNull();
  expect(shown(moved, 18).join('\n')).not.toContain('boom');
});

test('an event of the engine, and of a program that no longer exists, has none', () => {
  expect(selectMoment(press(opened(), 'k').state)).toBeNull();
  expect(selectMoment(settle({ ...opened(), rows: [] }))).toBeNull();
  expect(selectMoment(screenWith(['web'], { events: EVENTS }))).toBeNull();
});

test('a story has those before its last fault', () => {
  const later = (seq: number, second: number, kind: 'crashed' | 'restarted') =>
    engineEvent(seq, { kind, process: 'web', time: `2026-11-21T09:34:${String(second)}.000Z` });
  const events = [...EVENTS, later(3, 11, 'restarted'), later(4, 20, 'crashed'), later(5, 21, 'restarted')];
  expect(selectMoment(settle({ ...opened(), events }))).toEqual({ program: 'web', time: '2026-11-21T09:34:20.000Z' });
});
