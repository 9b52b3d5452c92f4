import { expect, test } from 'vitest';
import { mayAdoptDuplicate } from '../../../src/policy/lifecycle/adopt-duplicate.ts';
import { advance } from '../../../src/policy/lifecycle/lifecycle.ts';
import type { StartCause } from '../../../src/policy/lifecycle/state.ts';
import { program, RUN, spec, START } from '../../support/programs.ts';

const NOW = { now: START, chance: 0.5, missing: [], suppression: null };

test.each<[StartCause, boolean]>([
  ['boot', true],
  ['start', true],
  ['operator', false],
  ['config', false],
  ['crash', false],
  ['limit', false],
  ['cooldown', false],
])('a start because of %s searches for a running process: %s', (cause, expected) => {
  expect(mayAdoptDuplicate(program({ name: 'launching', cause }, { spec: spec({ adopt: 'by-name' }) }))).toBe(expected);
});

test('no process is searched for by default, and never for a shell', () => {
  expect(mayAdoptDuplicate(program({ name: 'launching', cause: 'boot' }))).toBe(false);
  const shell = spec({ adopt: 'by-name', shell: true });
  expect(mayAdoptDuplicate(program({ name: 'launching', cause: 'boot' }, { spec: shell }))).toBe(false);
});

test('an adopted process is running, with a note about its output', () => {
  const run = { ...RUN, foreign: true, adopted: true };
  const launching = program({ name: 'launching', cause: 'boot' });
  const { program: after, actions } = advance(launching, { kind: 'adopted', run, paused: false }, NOW);
  expect(after.state).toEqual({ name: 'running', run });
  expect(after.why).toContain('its output is not logged until healer restarts it');
  expect(actions).toMatchObject([{ kind: 'emit', event: 'adopted', pid: run.pid }]);
});

test('a start has a note about processes that were not adopted', () => {
  const launching = program({ name: 'launching', cause: 'boot' });
  const { program: after } = advance(launching, { kind: 'spawned', run: RUN, note: 'several exist' }, NOW);
  expect(after.why).toContain('several exist');
});
