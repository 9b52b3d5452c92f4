import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ERROR_CATALOG, type ErrorCode, HealerError, isErrorCode, toHealerError } from '../../src/protocol/errors.ts';

const CODES = Object.keys(ERROR_CATALOG) as ErrorCode[];

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('a thrown value becomes a HealerError', () => {
  test('a HealerError is returned unchanged', () => {
    const error = new HealerError('TIMEOUT', 'too late', { afterMs: 5 });
    expect(toHealerError(error)).toBe(error);
  });

  test('a HealerError of another bundle is returned unchanged', () => {
    const error = Object.assign(new Error('it runs'), { name: 'HealerError', code: 'ALREADY_RUNNING', data: {} });
    expect(error).toBeInstanceOf(HealerError);
    expect(new Error('it runs')).not.toBeInstanceOf(HealerError);
    expect(toHealerError(error)).toBe(error);
  });

  test('an error of a system call: IO_ERROR with errno, path and syscall', () => {
    const cause = thrownBy(() => readFileSync('/no/such/file'));
    const error = toHealerError(cause);
    expect(error).toMatchObject({
      code: 'IO_ERROR',
      data: { errno: 'ENOENT', path: '/no/such/file', syscall: 'open' },
      cause,
    });
  });

  test('an unexpected error: INTERNAL with its cause', () => {
    const cause = new TypeError('x is not a function');
    expect(toHealerError(cause)).toMatchObject({ code: 'INTERNAL', message: 'x is not a function', cause });
  });

  test.each(['text', undefined, null, 42])('a value that is not an error: INTERNAL (%s)', (thrown) => {
    expect(toHealerError(thrown)).toMatchObject({ code: 'INTERNAL', message: String(thrown) });
  });
});

test.each(CODES)('%s is a known code with an HTTP status and a meaning', (code) => {
  expect(isErrorCode(code)).toBe(true);
  expect(ERROR_CATALOG[code].http).toBeGreaterThanOrEqual(400);
  expect(ERROR_CATALOG[code].meaning).toMatch(/^[a-z].*[^.]$/);
});

test.each(['nonsense', 'toString', '__proto__', '', 7, null, undefined])('%s is not an error code', (value) => {
  expect(isErrorCode(value)).toBe(false);
});
