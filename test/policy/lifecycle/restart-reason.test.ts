import { describe, expect, test } from 'vitest';
import type { Suppression } from '../../../src/policy/healing.ts';
import type { Fact } from '../../../src/policy/lifecycle/facts.ts';
import type { Program } from '../../../src/policy/lifecycle/state.ts';
import { NO_FAILURES } from '../../../src/policy/restart.ts';
import { at, circumstances, exit, program, RUN, spec } from '../../support/programs.ts';
import { decide } from './support.ts';

const ELAPSED: Fact = { kind: 'timeElapsed' };
const CRASHED: Fact = { kind: 'exited', of: RUN, exit: exit(), leftovers: false };

/** A running program whose second failure is followed by a delay of 1 s. */
function failing(fields: Parameters<typeof spec>[0] = {}): Program {
  const counters = { ...NO_FAILURES, failures: 1, backoffStep: 1 };
  return program({ name: 'running', run: RUN }, { spec: spec(fields), counters });
}

describe('the reason of a restart', () => {
  test.each<[string, Program, readonly Fact[], string]>([
    [
      'without a delay names the exit',
      program({ name: 'running', run: RUN }),
      [CRASHED],
      'restarted: exited with code 1 after 1.5 s',
    ],
    ['after a delay names the exit', failing(), [CRASHED, ELAPSED], 'restarted: exited with code 1 after 1.5 s'],
    [
      'after a delay names the signal',
      failing(),
      [
        { kind: 'exited', of: RUN, exit: exit({ code: null, signal: 'SIGSEGV', coreDumped: true }), leftovers: false },
        ELAPSED,
      ],
      'restarted: killed by SIGSEGV (core dumped) after 1.5 s',
    ],
    [
      'after the last attempt names the exit',
      failing({ restart: { maxAttempts: 1, retryIndefinitely: true } }),
      [CRASHED, ELAPSED],
      'restarted: exited with code 1 after 1.5 s',
    ],
    [
      'after a cooldown names the cooldown',
      program({ name: 'cooldown', until: at(0) }),
      [ELAPSED],
      'restarted after its cooldown',
    ],
    [
      'that an earlier engine scheduled is the one of the delay',
      program({ name: 'backoff', until: at(0), cause: 'crash' }, { why: 'exited; restarting in 1 s' }),
      [ELAPSED],
      'exited; restarting in 1 s',
    ],
  ])('%s', (_what, before, facts, why) => {
    const decision = decide(before, facts);
    expect(decision.program.state.name).toBe('launching');
    expect(decision.program.why).toBe(why);
  });

  test('is displayed only once the delay is over', () => {
    expect(decide(failing(), [CRASHED]).program.why).toBe('exited with code 1 after 1.5 s');
  });

  test.each<Suppression>(['held', 'observed', 'shutting-down'])('survives suppressed healing (%s)', (suppression) => {
    const kept = decide(failing(), [CRASHED, ELAPSED], { ...circumstances(), suppression }).program;
    expect(kept.state.name).toBe('backoff');
    const resumed = decide(kept, [{ kind: 'healingChanged' }], circumstances(1_000)).program;
    expect(resumed.state.name).toBe('launching');
    expect(resumed.why).toBe('restarted: exited with code 1 after 1.5 s');
  });
});
