import { describe, expect, test } from 'vitest';
import { codeOf, messageOf } from '../../src/base/thrown.ts';

describe('messageOf', () => {
  test.each<[string, unknown, string]>([
    ['an error', new Error('no space'), 'no space'],
    ['a string', 'text', 'text'],
    ['undefined', undefined, 'undefined'],
    ['an object', { toString: () => 'object' }, 'object'],
  ])('returns the message of %s', (_, thrown, message) => {
    expect(messageOf(thrown)).toBe(message);
  });
});

describe('codeOf', () => {
  test.each<[string, unknown, string | undefined]>([
    ['an error of a system call', Object.assign(new Error('x'), { code: 'ENOENT' }), 'ENOENT'],
    ['an error with a numeric code', Object.assign(new Error('x'), { code: 5 }), undefined],
    ['a plain error', new Error('x'), undefined],
    ['an object that is not an error', { code: 'ENOENT' }, undefined],
    ['null', null, undefined],
  ])('returns the code of %s', (_, thrown, code) => {
    expect(codeOf(thrown)).toBe(code);
  });
});
