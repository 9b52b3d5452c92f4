import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { isMethodName, METHODS, type MethodName } from '../../../src/protocol/methods/methods.ts';

const NAMES = Object.keys(METHODS) as MethodName[];

/** Lists the parameters of each method as callers see them. */
function describeTable(): string {
  const rows = NAMES.map((name) => {
    const { access, summary, params } = METHODS[name];
    // Definitions are validated by code; their schema is that of a program.
    const schema = z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' });
    const fields = Object.entries(schema.properties ?? {}).map(([field, shape]) => {
      const isRequired = schema.required?.includes(field) ?? false;
      return `  ${field}${isRequired ? '' : '?'}: ${JSON.stringify(shape)}`;
    });
    return [`${name} [${access}] ${summary}`, ...fields].join('\n');
  });
  return rows.join('\n') + '\n';
}

describe('the method table', () => {
  test('is unchanged: a difference here is a change of the wire format or of a summary', async () => {
    await expect(describeTable()).toMatchFileSnapshot('../../fixtures/protocol/methods.txt');
  });

  test.each(NAMES)('%s rejects unknown parameters', (name) => {
    const { error } = METHODS[name].params.safeParse({ id: 'web', nonsense: 1 });
    expect(error?.issues.map(({ code }) => code)).toContain('unrecognized_keys');
  });

  test('has no operation with the access `read`', () => {
    const readers = NAMES.filter((name) => METHODS[name].access === 'read');
    expect(
      readers.filter((name) => /^(start|stop|restart|kill|pause|resume|enable|disable|shutdown)/.test(name)),
    ).toEqual([]);
  });

  test.each(['nonsense', 'toString', '__proto__', 'constructor', 7, null])('has no method %s', (name) => {
    expect(isMethodName(name)).toBe(false);
  });
});
