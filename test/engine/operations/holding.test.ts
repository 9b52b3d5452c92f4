import { describe, expect, test } from 'vitest';
import { HealingSwitch } from '../../../src/engine/operations/healing-switch.ts';
import { Holding } from '../../../src/engine/operations/holding.ts';
import { TestEngine } from '../../support/test-engine.ts';

/** The requests on an engine with the programs "web" and "db". */
function createHolding(observesAll = false) {
  const it = new TestEngine();
  it.run({ id: 'web' });
  it.add({ id: 'db' });
  const { clock, runner } = it;
  const healing = new HealingSwitch({ clock, recorder: runner.ports.recorder, save: () => undefined }, observesAll);
  return new Holding(it.engine, it.operations, healing);
}

describe('pausing and resuming healing', () => {
  test('of one program returns its state', () => {
    const holding = createHolding();
    expect(holding.hold('web', null)).toEqual({ id: 'web', state: 'running', pid: 101, forced: false, tookMs: 0 });
    expect(holding.status()).toEqual({ mode: 'on', until: null, held: 1 });
    expect(holding.release('web')).toMatchObject({ id: 'web', state: 'running' });
    expect(holding.status().held).toBe(0);
  });

  test('of all programs returns their ids and the end of the pause', () => {
    const holding = createHolding();
    const until = '2026-01-01T00:01:01.000Z';
    // The program "web" took 1 s to count as running.
    expect(holding.holdAll(60_000)).toEqual({ until, programs: ['web', 'db'] });
    expect(holding.status()).toEqual({ mode: 'held', until, held: 0 });
    expect(holding.releaseAll()).toEqual({ until: null, programs: ['web', 'db'] });
    expect(holding.status()).toEqual({ mode: 'on', until: null, held: 0 });
  });

  test('of all programs also resumes those that were paused individually', () => {
    const holding = createHolding();
    holding.hold('db', null);
    expect(holding.releaseAll()).toEqual({ until: null, programs: ['db'] });
    expect(holding.releaseAll()).toEqual({ until: null, programs: [] });
  });

  test('leaves observe mode in effect', () => {
    const holding = createHolding(true);
    holding.holdAll(null);
    holding.releaseAll();
    expect(holding.status().mode).toBe('observed');
  });

  test.each<[string, (holding: Holding) => unknown, code: string, message: string]>([
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
    expect(() => request(createHolding())).toThrow(expect.objectContaining({ code, message }));
  });
});
