import type * as z from 'zod';
import { HealerError } from '../../protocol/errors.ts';
import { type MethodName, METHODS, type ParsedParams } from '../../protocol/methods/methods.ts';

/**
 * Returns the parameters of a method, validated and with defaults filled in.
 * @throws HealerError INVALID_CONFIG that names each invalid parameter
 */
export function parseParams<M extends MethodName>(method: M, input: unknown): ParsedParams<M> {
  const schema = METHODS[method].params as unknown as z.ZodType<ParsedParams<M>>;
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  const list = issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');
  throw new HealerError('INVALID_CONFIG', `invalid parameters for "${method}": ${list}`, { issues });
}
