import { expect, test } from 'vitest';
import { DETECTORS } from '../../src/policy/anomaly/detectors.ts';
import {
  ALL_EVENT_KINDS,
  ANOMALY_KINDS,
  type EventKind,
  meaningOf,
  SERIES_DETECTORS,
} from '../../src/protocol/event-kinds.ts';
import { ruleText } from '../../src/cli/report/rule-text.ts';
import { spec } from '../support/programs.ts';

const HEALTH = { check: { type: 'tcp', port: 80 } } as const;

test('has a detector for each anomaly', () => {
  const events = Object.values(DETECTORS).map(({ event }) => event);
  expect(events.toSorted()).toEqual(ANOMALY_KINDS.toSorted());
});

test('names the detectors that take a recorded series', () => {
  expect(SERIES_DETECTORS.map(({ name, unit }) => `${name}: ${unit}`)).toEqual([
    'leak: MB',
    'spike: percent of one core',
    'descriptorLeak: descriptors',
    'threadLeak: threads',
    'novelty: any unit',
  ]);
});

test('accepts a kind that only a newer engine knows', () => {
  expect(meaningOf('teleported' as EventKind)).toEqual({ says: 'an event of a newer engine' });
});

test('every rule names fields that a definition has', () => {
  const definition = spec({ health: HEALTH, limits: { cpuPercent: 80, memoryMb: 500 }, maxRuntimeMs: 60_000 });
  const texts = ALL_EVENT_KINDS.map((kind) => ruleText(kind, definition)).filter((text) => text !== null);
  expect(texts).not.toEqual([]);
  expect(texts.filter((text) => /[{}]|no longer set|undefined/.test(text))).toEqual([]);
});

test.each<[EventKind, string | null]>([
  ['limit-cpu', 'CPU above 80 % in 3 consecutive samples (limits.cpuPercent)'],
  ['limit-memory', 'memory above (no longer set) MB in any sample (limits.memoryMb)'],
  ['terminate-failed', 'still running 5.0s after SIGKILL (stop.forceTimeoutMs)'],
  ['exited', null],
  ['novelty', null],
])('the rule of "%s" is "%s"', (kind, text) => {
  const definition = spec({ limits: { cpuPercent: 80, memoryMb: null }, stop: { forceTimeoutMs: 5_000 } });
  expect(ruleText(kind, definition)).toBe(text);
});
