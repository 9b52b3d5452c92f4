import type * as z from 'zod';
import { HealerError } from '../../protocol/errors.ts';
import { type MethodName, METHODS, type ParsedParams } from '../../protocol/methods/methods.ts';

/**
 * Returns the parameters of a method, validated and with defaults filled in.
 * @throws HealerError INVALID_CONFIG that names each invalid parameter
 */
export function parseParams<M extends MethodName>(method: M, input: unknown): ParsedParams<M> {
  refuseProtoKeys(method, input);
  const schema = METHODS[method].params as unknown as z.ZodType<ParsedParams<M>>;
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  const list = issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');
  throw new HealerError('INVALID_CONFIG', `invalid parameters for "${method}": ${list}`, { issues });
}

/**
 * Refuses "__proto__" as a name anywhere in the parameters: the validation of maps drops it without a problem, so that a
 * variable of this name would be lost. Not recursive, because the parameters may be nested deeply.
 */
function refuseProtoKeys(method: MethodName, input: unknown): void {
  const rest: unknown[] = [input];
  while (rest.length > 0) {
    const value = rest.pop();
    if (typeof value !== 'object' || value === null) continue;
    if (Object.hasOwn(value, '__proto__')) {
      const message = `invalid parameters for "${method}": "__proto__" cannot be used as a name`;
      throw new HealerError('INVALID_CONFIG', message, { issues: [{ path: '__proto__', message: 'cannot be used' }] });
    }
    for (const part of Object.values(value)) rest.push(part);
  }
}
