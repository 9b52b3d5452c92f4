import { expect, test } from 'vitest';
import type { Fact } from '../../../src/policy/lifecycle/facts.ts';
import { advance } from '../../../src/policy/lifecycle/lifecycle.ts';
import { circumstances, program, RUN, spec } from '../../support/programs.ts';

const KEPT: Fact = { kind: 'zombiesNotReaped', of: RUN, pids: [7], story: '1 zombie' };

test.each([
  [{ zombies: 'restart-parent' }, { action: 'restart' }, 'stopping'],
  [{ zombies: 'restart-parent', healing: 'observe' }, { action: 'observe' }, 'running'],
  [{ zombies: 'report' }, {}, 'running'],
] as const)('with %j zombies are reported with %j, and the program is %s', (fields, action, state) => {
  const before = program({ name: 'running', run: RUN }, { spec: spec(fields) });
  const decision = advance(before, KEPT, circumstances());
  const expected = { event: 'zombies-found', data: { count: 1, pids: [7], quiet: true, ...action } };
  expect(decision.actions[0]).toEqual(expect.objectContaining(expected));
  expect(decision.program.state.name).toBe(state);
  // The alert about the whole scan reports it.
  const alerted = decision.actions.filter((action) => action.kind === 'emit' && action.event === 'would-restart');
  expect(alerted.map((action) => action.kind === 'emit' && action.data['quiet'])).toEqual(alerted.map(() => true));
});
