import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ErrorCode, HealerError } from '../../../src/protocol/errors.ts';
import type { OperationResult } from '../../../src/protocol/results/operation-result.ts';
import type { ProcessStateName } from '../../../src/protocol/process-state.ts';
import { TestEngine } from '../../support/test-engine.ts';

type Name = 'start' | 'stop' | 'kill' | 'restart' | 'pause' | 'resume' | 'enable' | 'disable';
const NAMES: readonly Name[] = ['start', 'stop', 'kill', 'restart', 'pause', 'resume', 'enable', 'disable'];
const IDS = ['a', 'b', 'c'];

/** What each operation achieves, in terms of an operator. */
const ACHIEVED: Readonly<Record<Name, readonly ProcessStateName[]>> = {
  start: ['starting', 'running', 'waiting', 'backoff', 'cooldown', 'failed', 'exited'],
  restart: ['starting', 'running', 'waiting', 'backoff', 'cooldown', 'failed', 'exited'],
  enable: ['starting', 'running', 'waiting', 'backoff', 'cooldown', 'failed', 'exited'],
  stop: ['stopped', 'disabled', 'exited', 'failed'],
  kill: ['stopped', 'disabled', 'exited', 'failed'],
  disable: ['disabled'],
  pause: ['paused'],
  resume: ['running', 'starting'],
};

/** Returns the error of an operation that the state of a program does not allow; null if it is allowed. */
function refusal(name: Name, state: ProcessStateName): ErrorCode | null {
  const isDisabled = state === 'disabled';
  const isUp = state === 'starting' || state === 'running';
  const isLive = isUp || state === 'paused' || state === 'stopping';
  switch (name) {
    case 'start':
      if (isDisabled) return 'PROCESS_DISABLED';
      return isUp || state === 'paused' ? 'ALREADY_RUNNING' : null;
    case 'restart':
      return isDisabled ? 'PROCESS_DISABLED' : null;
    case 'stop':
      if (isDisabled) return 'PROCESS_DISABLED';
      return state === 'stopped' ? 'INVALID_STATE' : null;
    case 'kill':
      if (isDisabled) return 'PROCESS_DISABLED';
      return isLive ? null : 'INVALID_STATE';
    case 'pause':
      if (isDisabled) return 'PROCESS_DISABLED';
      return isUp ? null : 'INVALID_STATE';
    case 'resume':
      if (isDisabled) return 'PROCESS_DISABLED';
      return state === 'paused' ? null : 'INVALID_STATE';
    case 'enable':
      return isDisabled ? null : 'INVALID_STATE';
    case 'disable':
      return isDisabled ? 'INVALID_STATE' : null;
  }
}

type Answer = { readonly result: OperationResult } | { readonly error: HealerError };

interface Asked {
  readonly name: Name;
  readonly before: ProcessStateName;
  readonly answer: Promise<Answer>;
}

function ask(it: TestEngine, id: string, name: Name): Asked {
  const before = it.state(id) === 'launching' ? 'starting' : (it.state(id) as ProcessStateName);
  const answer = it.operations
    .request(name, id, { graceful: name !== 'kill', timeoutMs: null })
    .then((result): Answer => ({ result }))
    .catch((error: unknown): Answer => ({ error: error as HealerError }));
  return { name, before, answer };
}

function expectTrue({ name, before }: Asked, answer: Answer): void {
  const expected = refusal(name, before);
  if ('result' in answer) {
    expect({ name, before, refused: expected }).toEqual({ name, before, refused: null });
    expect(ACHIEVED[name]).toContain(answer.result.state);
    return;
  }
  const { error } = answer;
  expect(error).toBeInstanceOf(HealerError);
  if (expected !== null) {
    expect(`${name} in ${before}: ${error.code}`).toBe(`${name} in ${before}: ${expected}`);
    return;
  }
  expect(`${name} in ${before}: ${error.code}: ${error.message}`).toMatch(
    /: INVALID_STATE: .*overtaken by another request/,
  );
}

describe('simultaneous operations', () => {
  test('are each answered with what they achieved, or with what overtook them', async () => {
    const step = fc.record({
      id: fc.constantFrom(...IDS),
      name: fc.constantFrom(...NAMES),
      thenMs: fc.constantFrom(0, 0, 0, 1, 5, 10, 50, 1_000),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 400 }), async (steps) => {
        const it = new TestEngine();
        for (const [index, id] of IDS.entries()) {
          it.runner.behave(id, { endsAfterMs: [10, 40, null][index] ?? 10 });
          it.run({ id, command: id, stop: { gracefulTimeoutMs: 100 } });
        }
        const asked = steps.map(({ id, name, thenMs }) => {
          const one = ask(it, id, name);
          if (thenMs > 0) it.clock.advance(thenMs);
          return one;
        });
        it.clock.advance(60_000);
        for (const one of asked) expectTrue(one, await one.answer);
        for (const id of IDS) expect(it.runner.countRunning(id)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 150 },
    );
  });

  test('a program that cannot be killed is the only one that fails to stop', async () => {
    const it = new TestEngine();
    it.runner.behave('web', { endsAfterMs: null, canBeKilled: false });
    it.run();
    const answers = (['stop', 'restart', 'disable', 'stop'] as const).map((name) => ask(it, 'web', name));
    it.clock.advance(600_000);
    for (const { answer } of answers) expect(await answer).toMatchObject({ error: { code: 'TERMINATE_FAILED' } });
  });

  test('a stop that is answered later reports the state of its own end', async () => {
    const it = new TestEngine();
    it.run();
    const stop = ask(it, 'web', 'stop');
    it.clock.advance(10);
    expect(it.state()).toBe('stopped');
    const start = ask(it, 'web', 'start');
    expect(await stop.answer).toMatchObject({ result: { state: 'stopped', pid: null } });
    expect(await start.answer).toMatchObject({ result: { state: 'starting' } });
  });
});
