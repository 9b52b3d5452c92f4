import { describe, expect, test } from 'vitest';
import { HealingSwitch } from '../../../src/engine/operations/healing-switch.ts';
import { HealingPauses } from '../../../src/engine/operations/healing-pauses.ts';
import { TestEngine } from '../../support/test-engine.ts';

/** The requests on an engine with the programs "web" and "db". */
function createPauses(observesAll = false) {
  const it = new TestEngine();
  it.run({ id: 'web' });
  it.add({ id: 'db' });
  const { clock, runner } = it;
  const healing = new HealingSwitch({ clock, recorder: runner.ports.recorder, save: () => undefined }, observesAll);
  return new HealingPauses(it.engine, it.operations, healing);
}

describe('pausing and resuming healing', () => {
  test('of one program returns its state', () => {
    const pauses = createPauses();
    expect(pauses.hold('web', null)).toEqual({ id: 'web', state: 'running', pid: 101, forced: false, tookMs: 0 });
    expect(pauses.status()).toEqual({ mode: 'on', until: null, held: 1 });
    expect(pauses.release('web')).toMatchObject({ id: 'web', state: 'running' });
    expect(pauses.status().held).toBe(0);
  });

  test('of all programs returns their ids and the end of the pause', () => {
    const pauses = createPauses();
    const until = '2026-01-01T00:01:01.000Z';
    // The program "web" took 1 s to count as running.
    expect(pauses.holdAll(60_000)).toEqual({ until, programs: ['web', 'db'] });
    expect(pauses.status()).toEqual({ mode: 'held', until, held: 0 });
    expect(pauses.releaseAll()).toEqual({ until: null, programs: ['web', 'db'] });
    expect(pauses.status()).toEqual({ mode: 'on', until: null, held: 0 });
  });

  test('of all programs also resumes those that were paused individually', () => {
    const pauses = createPauses();
    pauses.hold('db', null);
    expect(pauses.releaseAll()).toEqual({ until: null, programs: ['db'] });
    expect(pauses.releaseAll()).toEqual({ until: null, programs: [] });
  });

  test('leaves observe mode in effect', () => {
    const pauses = createPauses(true);
    pauses.holdAll(null);
    pauses.releaseAll();
    expect(pauses.status().mode).toBe('observed');
  });

  test.each<[string, (pauses: HealingPauses) => unknown, code: string, message: string]>([
    [
      'a pause of an unknown program',
      (it) => it.hold('ghost', null),
      'PROCESS_NOT_FOUND',
      'no program is called "ghost"',
    ],
    [
      'a resume of an unknown program',
      (it) => it.release('ghost'),
      'PROCESS_NOT_FOUND',
      'no program is called "ghost"',
    ],
    [
      'a resume of a program that is not paused',
      (it) => it.release('web'),
      'INVALID_STATE',
      'cannot resume healing of "web": it is not paused',
    ],
    [
      'a resume of one program while all are paused',
      (it) => {
        it.holdAll(null);
        return it.release('web');
      },
      'INVALID_STATE',
      'cannot resume healing of "web": it is paused for all programs, not for this one',
    ],
  ])('refuses %s', (_, request, code, message) => {
    expect(() => request(createPauses())).toThrow(expect.objectContaining({ code, message }));
  });
});
