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
])('a start because of %s looks for a running process: %s', (cause, expected) => {
  expect(mayAdoptDuplicate(program({ name: 'launching', cause }, { spec: spec({ adopt: 'by-name' }) }))).toBe(expected);
});

test('nothing is looked for unless it is asked for, and never for a shell', () => {
  expect(mayAdoptDuplicate(program({ name: 'launching', cause: 'boot' }))).toBe(false);
  const shell = spec({ adopt: 'by-name', shell: true });
  expect(mayAdoptDuplicate(program({ name: 'launching', cause: 'boot' }, { spec: shell }))).toBe(false);
});

test('what was taken over runs at once, and says that its output is elsewhere', () => {
  const run = { ...RUN, foreign: true, adopted: true };
  const launching = program({ name: 'launching', cause: 'boot' });
  const { program: after, actions } = advance(launching, { kind: 'adopted', run, paused: false }, NOW);
  expect(after.state).toEqual({ name: 'running', run });
  expect(after.why).toContain('its output is not logged until healer restarts it');
  expect(actions).toMatchObject([{ kind: 'emit', event: 'adopted', pid: run.pid }]);
});

test('a duplicate is started with a word about those that were not taken over', () => {
  const launching = program({ name: 'launching', cause: 'boot' });
  const { program: after } = advance(launching, { kind: 'spawned', run: RUN, note: 'several are there' }, NOW);
  expect(after.why).toContain('several are there');
});
