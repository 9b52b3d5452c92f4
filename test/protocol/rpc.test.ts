import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ERROR_CATALOG, type ErrorCode, HealerError } from '../../src/protocol/errors.ts';
import { errorOf, failureOf, isRecord, RPC_CODES, type RpcFailure } from '../../src/protocol/rpc.ts';

const code = fc.constantFrom(...(Object.keys(ERROR_CATALOG) as ErrorCode[]));

function overTheWire(failure: RpcFailure): RpcFailure {
  return JSON.parse(JSON.stringify(failure)) as RpcFailure;
}

describe('an error over the wire', () => {
  test('is restored with its code, message and data', () => {
    const facts = fc.dictionary(
      fc.string().filter((key) => key !== 'code' && key !== '__proto__'),
      fc.oneof(fc.string(), fc.integer(), fc.boolean()),
    );
    fc.assert(
      fc.property(code, fc.string(), facts, (sentCode, message, data) => {
        const error = errorOf(overTheWire(failureOf(new HealerError(sentCode, message, data))));
        expect(error).toBeInstanceOf(HealerError);
        expect({ code: error.code, message: error.message, data: error.data }).toEqual({
          code: sentCode,
          message,
          data,
        });
      }),
    );
  });

  test('keeps its code if its data has a field of the same name', () => {
    expect(errorOf(failureOf(new HealerError('TIMEOUT', 'late', { code: 'EPERM' }))).code).toBe('TIMEOUT');
  });

  test('is an application error unless it is an error of JSON-RPC itself', () => {
    const error = new HealerError('INVALID_CONFIG', 'bad');
    expect(failureOf(error).code).toBe(RPC_CODES.application);
    expect(failureOf(error, RPC_CODES.invalidParams).code).toBe(RPC_CODES.invalidParams);
  });

  test('without data is INTERNAL', () => {
    expect(errorOf({ code: RPC_CODES.parse, message: 'not JSON' })).toMatchObject({
      code: 'INTERNAL',
      message: 'not JSON',
      data: {},
    });
  });

  test('with a code of a newer engine is INTERNAL and keeps its message', () => {
    const failure = { code: -32_000, message: 'new', data: { code: 'FROM_THE_FUTURE' as ErrorCode, fact: 1 } };
    expect(errorOf(failure)).toMatchObject({ code: 'INTERNAL', message: 'new', data: { fact: 1 } });
  });
});

test.each([
  [{}, true],
  [{ a: 1 }, true],
  [[], false],
  [null, false],
  ['text', false],
  [undefined, false],
])('isRecord(%j) is %s', (value, expected) => {
  expect(isRecord(value)).toBe(expected);
});
