import { expect, test } from 'vitest';
import { comparePrograms } from '../../../src/cli/engine/kept-programs.ts';
import { programRow } from '../../support/program-row.ts';

const web = programRow({ id: 'web', pid: 11 });
const api = programRow({ id: 'api', pid: 12 });

test('counts programs that run with the same pid', () => {
  expect(comparePrograms([web, api], [api, web])).toEqual({ kept: 2, changed: [], isSettled: true });
});

test('names programs with another process, and waits for those without one', () => {
  const restarted = { ...web, pid: 13 };
  expect(comparePrograms([web, api], [restarted, api])).toEqual({ kept: 1, changed: ['web'], isSettled: true });
  const failing = { ...web, pid: null, state: 'backoff' as const };
  expect(comparePrograms([web, api], [failing, api])).toEqual({ kept: 1, changed: ['web'], isSettled: false });
});

test.each(['stopped', 'disabled'] as const)('does not name or wait for a program that was %s meanwhile', (state) => {
  expect(comparePrograms([web, api], [{ ...web, pid: null, state }, api])).toEqual({
    kept: 1,
    changed: [],
    isSettled: true,
  });
});

test('does not name or wait for a program that was removed meanwhile, or that did not run before', () => {
  expect(comparePrograms([web, api], [api])).toEqual({ kept: 1, changed: [], isSettled: true });
  const idle = programRow({ id: 'idle', pid: null, state: 'stopped' });
  expect(comparePrograms([idle], [{ ...idle, pid: 14, state: 'running' }])).toEqual({
    kept: 0,
    changed: [],
    isSettled: true,
  });
});
