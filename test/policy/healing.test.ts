import { expect, test } from 'vitest';
import {
  effectiveMode,
  HEALING_ON,
  type HealingMode,
  type Suppression,
  suppressionOf,
} from '../../src/policy/healing.ts';
import { at, spec } from '../support/programs.ts';

const HELD: HealingMode = { mode: 'held', until: at(60_000) };
const OBSERVED: HealingMode = { mode: 'observed', until: null };

test.each<[string, 'heal' | 'observe', HealingMode, HealingMode]>([
  ['heals by default', 'heal', HEALING_ON, HEALING_ON],
  ['observes if its definition says so', 'observe', HEALING_ON, OBSERVED],
  ['is paused by the operator', 'heal', HELD, HELD],
  ['is paused with its end, also if its definition says to observe', 'observe', HELD, HELD],
  ['observes if the operator says so', 'heal', OBSERVED, OBSERVED],
])('healing of a program %s', (_what, healing, operator, expected) => {
  expect(effectiveMode(spec({ healing }), operator)).toEqual(expected);
});

test.each<['heal' | 'observe', Suppression | null, Suppression | null]>([
  ['heal', null, null],
  ['observe', null, 'observed'],
  ['heal', 'held', 'held'],
  ['observe', 'held', 'held'],
  ['heal', 'observed', 'observed'],
  ['heal', 'shutting-down', 'shutting-down'],
  ['observe', 'shutting-down', 'shutting-down'],
])('with the definition "%s" and the engine %s, healing is suppressed: %s', (healing, engine, expected) => {
  expect(suppressionOf(spec({ healing }), engine)).toBe(expected);
});
