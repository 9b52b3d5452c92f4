import { expect, test } from 'vitest';
import { PendingCalls } from '../../../src/client/connection/pending-calls.ts';
import { HealerError } from '../../../src/protocol/errors.ts';

function recorder() {
  const told: unknown[] = [];
  const caller = { onResult: (result: unknown) => told.push(result), onError: (error: Error) => told.push(error) };
  return { told, caller };
}

test('answers each caller once, in whatever order the answers come', () => {
  const pending = new PendingCalls();
  const { told, caller } = recorder();
  const first = pending.add(caller);
  const second = pending.add(caller);

  expect(pending.settle({ id: second, result: 'b' })).toBe(true);
  expect(pending.settle({ id: first, result: 'a' })).toBe(true);
  expect(pending.settle({ id: first, result: 'again' })).toBe(false);

  expect(told).toEqual(['b', 'a']);
  expect(pending.size).toBe(0);
});

test('turns an error answer into the HealerError that the engine threw', () => {
  const pending = new PendingCalls();
  const { told, caller } = recorder();
  const id = pending.add(caller);

  pending.settle({ id, error: { code: -32000, message: 'no "web"', data: { code: 'PROCESS_NOT_FOUND', id: 'web' } } });

  expect(told).toEqual([new HealerError('PROCESS_NOT_FOUND', 'no "web"', { id: 'web' })]);
});

test.each([null, 'broken', { code: 1 }, { message: 7 }])('calls an unreadable error %j INTERNAL', (error) => {
  const pending = new PendingCalls();
  const { told, caller } = recorder();
  pending.settle({ id: pending.add(caller), error });
  expect(told[0]).toMatchObject({ code: 'INTERNAL' });
});

test('ignores answers that nobody waits for', () => {
  const pending = new PendingCalls();
  expect(pending.settle({ id: 1, result: 1 })).toBe(false);
  expect(pending.settle({ id: 'x', result: 1 })).toBe(false);
  expect(pending.settle({ id: null, error: {} })).toBe(false);
});

test('fails everyone who waits, also one who calls again from the failure', () => {
  const pending = new PendingCalls();
  const { told, caller } = recorder();
  pending.add(caller);
  pending.add({ onResult: () => undefined, onError: () => pending.add(caller) });
  const reason = new Error('cut');

  pending.failAll(reason);

  expect(told).toEqual([reason]);
  expect(pending.size).toBe(1);
});
