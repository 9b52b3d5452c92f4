import { describe, expect, test } from 'vitest';
import { hasProcess, isDownAfterFailure, type Phase, phaseOf, statesIn } from '../../src/protocol/process-phase.ts';
import { PROCESS_STATES, type ProcessStateName } from '../../src/protocol/process-state.ts';

const TABLE: Readonly<Record<ProcessStateName, { readonly phase: Phase; readonly process: boolean }>> = {
  running: { phase: 'up', process: true },
  starting: { phase: 'up', process: true },
  paused: { phase: 'paused', process: true },
  stopping: { phase: 'stopping', process: true },
  waiting: { phase: 'pending', process: false },
  backoff: { phase: 'pending', process: false },
  cooldown: { phase: 'pending', process: false },
  failed: { phase: 'idle', process: false },
  exited: { phase: 'idle', process: false },
  stopped: { phase: 'idle', process: false },
  disabled: { phase: 'disabled', process: false },
};

describe('phases of states', () => {
  test.each(PROCESS_STATES.map((state) => ({ state, ...TABLE[state] })))(
    '$state is $phase, with a process: $process',
    ({ state, phase, process }) => {
      expect(phaseOf(state)).toBe(phase);
      expect(hasProcess(state)).toBe(process);
    },
  );

  test('three states follow a failure', () => {
    expect(PROCESS_STATES.filter(isDownAfterFailure)).toEqual(['backoff', 'cooldown', 'failed']);
  });

  test.each<{ phases: readonly Phase[]; states: readonly ProcessStateName[] }>([
    { phases: [], states: [] },
    { phases: ['up'], states: ['running', 'starting'] },
    { phases: ['idle', 'pending'], states: ['waiting', 'backoff', 'cooldown', 'failed', 'exited', 'stopped'] },
    { phases: ['up', 'paused', 'stopping', 'pending', 'idle', 'disabled'], states: PROCESS_STATES },
  ])('the states in $phases are listed in the order of all states', ({ phases, states }) => {
    expect(statesIn(...phases)).toEqual(states);
  });
});
