import { expect, test } from 'vitest';
import { PendingCalls } from '../../../src/client/connection/pending-calls.ts';
import { HealerError } from '../../../src/protocol/errors.ts';

function recorder() {
  const settled: unknown[] = [];
  const caller = {
    onResult: (result: unknown) => settled.push(result),
    onError: (error: Error) => settled.push(error),
  };
  return { settled, caller };
}

test('settles each call once, in any order of responses', () => {
  const pending = new PendingCalls();
  const { settled, caller } = recorder();
  const first = pending.add(caller);
  const second = pending.add(caller);

  expect(pending.settle({ id: second, result: 'b' })).toBe(true);
  expect(pending.settle({ id: first, result: 'a' })).toBe(true);
  expect(pending.settle({ id: first, result: 'again' })).toBe(false);

  expect(settled).toEqual(['b', 'a']);
  expect(pending.size).toBe(0);
});

test('converts an error response to the HealerError of the engine', () => {
  const pending = new PendingCalls();
  const { settled, caller } = recorder();
  const id = pending.add(caller);

  pending.settle({ id, error: { code: -32000, message: 'no "web"', data: { code: 'PROCESS_NOT_FOUND', id: 'web' } } });

  expect(settled).toEqual([new HealerError('PROCESS_NOT_FOUND', 'no "web"', { id: 'web' })]);
});

test.each([null, 'broken', { code: 1 }, { message: 7 }])('maps a malformed error %j to INTERNAL', (error) => {
  const pending = new PendingCalls();
  const { settled, caller } = recorder();
  pending.settle({ id: pending.add(caller), error });
  expect(settled[0]).toMatchObject({ code: 'INTERNAL' });
});

test('ignores responses that no call waits for', () => {
  const pending = new PendingCalls();
  expect(pending.settle({ id: 1, result: 1 })).toBe(false);
  expect(pending.settle({ id: 'x', result: 1 })).toBe(false);
  expect(pending.settle({ id: null, error: {} })).toBe(false);
});

test('fails all pending calls, even when a caller adds a call on failure', () => {
  const pending = new PendingCalls();
  const { settled, caller } = recorder();
  pending.add(caller);
  pending.add({ onResult: () => undefined, onError: () => pending.add(caller) });
  const reason = new Error('cut');

  pending.failAll(reason);

  expect(settled).toEqual([reason]);
  expect(pending.size).toBe(1);
});
