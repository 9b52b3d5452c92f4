import type * as z from 'zod';
import { nearestWord } from '../../base/nearest-word.ts';
import { describeIssue } from '../../config/reading/describe-issue.ts';
import { type FieldSchema, fieldSchemaOf } from '../../config/reading/field-schema.ts';
import { describeProgramIssues, withoutRepetitions } from '../../config/reading/program-issues.ts';
import { HealerError } from '../../protocol/errors.ts';
import { type MethodName, METHODS, type ParsedParams } from '../../protocol/methods/methods.ts';
import { isRecord } from '../../protocol/rpc.ts';

/**
 * Returns the parameters of a method, validated and with defaults filled in.
 * @throws HealerError INVALID_CONFIG that names each invalid parameter
 */
export function parseParams<M extends MethodName>(method: M, input: unknown): ParsedParams<M> {
  refuseProtoKeys(method, input);
  const schema = METHODS[method].params as unknown as z.ZodType<ParsedParams<M>>;
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issues = withoutRepetitions(
    parsed.error.issues.filter(isTightestBound).flatMap((issue) => describeParam(issue, { method, input })),
  );
  const list = issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');
  throw new HealerError('INVALID_CONFIG', `invalid parameters for "${method}": ${list}`, { issues });
}

/** Several bounds may be exceeded at once, such as that of all numbers and the one of a parameter; the tightest says it all. */
function isTightestBound(issue: z.core.$ZodIssue, _index: number, issues: readonly z.core.$ZodIssue[]): boolean {
  if (issue.code !== 'too_big') return true;
  const at = issue.path.join('.');
  return issues.every(
    (other) => other.code !== 'too_big' || other.path.join('.') !== at || issue.maximum <= other.maximum,
  );
}

interface Request {
  readonly method: MethodName;
  readonly input: unknown;
}

interface InvalidParam {
  readonly path: string;
  readonly message: string;
}

/** Fields of a program are described as in a file, with the field that a familiar name of another program manager means. */
function describeParam(issue: z.core.$ZodIssue, { method, input }: Request): readonly InvalidParam[] {
  const [param, first] = issue.path;
  const path = issue.path.join('.');
  const isDefinition = param === 'definition' || param === 'changes';
  const value = isDefinition && isRecord(input) ? input[param] : null;
  if (isRecord(value) && typeof first === 'string' && issue.path.length === 2 && value[first] === undefined)
    return [{ path, message: `${first} is missing` }];
  if (!isRecord(value) || first === 'id') return [{ path, message: inWords(issue, { method, input }) }];
  const own = { path: issue.path.slice(1).join('.'), message: inWords(issue, { method, input }) };
  return describeProgramIssues(value, [own]).map((each) => ({
    ...each,
    path: [param, each.path].join('.').replace(/\.$/, ''),
  }));
}

/** Issues that the schema describes in words that mean nothing to users. */
const WITHOUT_WORDS: readonly string[] = ['invalid_type', 'invalid_value', 'too_small', 'too_big'];

const fieldsByMethod = new Map<MethodName, FieldSchema>();

/** Returns the schema of the parameters of a method as data, which is only needed for those that are invalid. */
function fieldsOf(method: MethodName): FieldSchema {
  const known = fieldsByMethod.get(method) ?? fieldSchemaOf(METHODS[method].params, 'any');
  fieldsByMethod.set(method, known);
  return known;
}

/** Describes a parameter as a field of a file; clients recognize an unknown one by the words of the schema. */
function inWords(issue: z.core.$ZodIssue, { method, input }: Request): string {
  if (issue.code === 'unrecognized_keys' && issue.path.length === 0)
    return `${issue.message} (${knownParams(issue.keys, method)})`;
  if (!WITHOUT_WORDS.includes(issue.code)) return issue.message;
  const [described] = describeIssue(issue, input, fieldsOf(method));
  if (described === undefined) return issue.message;
  return described.kind === 'missing' ? described.message : `${described.message} (${described.hint})`;
}

/** Names the parameter that was probably meant, and those that the method has. */
function knownParams(keys: readonly string[], method: MethodName): string {
  const known = Object.keys(fieldsOf(method).properties ?? {});
  if (known.length === 0) return 'there are no parameters';
  const meant = keys.map((key) => nearestWord(key, known)).filter((name) => name !== null);
  const nearest = meant.length === 0 ? '' : `did you mean "${meant.join('", "')}"? `;
  return `${nearest}the parameters are ${known.join(', ')}`;
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
