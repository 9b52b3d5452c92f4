import { parseJsonObject } from '../../base/parse-json-object.ts';
import { cutText } from '../../base/cut-text.ts';
import { sanitizeText } from '../../base/sanitize-text.ts';

/** What was read from a message, or why it was refused, as one sentence without any text of the message. */
export type Reading<Value> = { readonly value: Value } | { readonly problem: string };

/** Thrown by the functions of this file; `readObject` turns it into a problem. */
class FieldProblem extends Error {}

/** The fields of a JSON object that was sent by an untrusted host. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads an object of at most `maxBytes`. Whatever the message contains, the result is a value that `read` has built field
 * by field, or a problem.
 * @param what as in `the row`
 */
export function readObject<Value>(
  bytes: Uint8Array,
  maxBytes: number,
  what: string,
  read: (fields: Fields) => Value,
): Reading<Value> {
  if (bytes.length > maxBytes) return { problem: `${what} has ${bytes.length} bytes; at most ${maxBytes} are read` };
  const fields = parseJsonObject(new TextDecoder().decode(bytes));
  if (fields === null) return { problem: `${what} is not a JSON object` };
  try {
    return { value: read(fields) };
  } catch (thrown) {
    if (thrown instanceof FieldProblem) return { problem: `${what} has an invalid field "${thrown.message}"` };
    throw thrown;
  }
}

function own(fields: Fields, key: string): unknown {
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
}

/** Returns a text that has the form of a name or an id. */
export function nameField(fields: Fields, key: string, form: RegExp): string {
  const value = own(fields, key);
  if (typeof value !== 'string' || !form.test(value)) throw new FieldProblem(key);
  return value;
}

/** Returns a text for people, safe to print on one line; `otherwise` if it is missing. */
export function textField<Otherwise extends string | null>(
  fields: Fields,
  key: string,
  maxChars: number,
  otherwise: Otherwise,
): string | Otherwise {
  const value = own(fields, key);
  if (value === undefined || value === null) return otherwise;
  if (typeof value !== 'string') throw new FieldProblem(key);
  // Cut twice: before, so that a long text costs little, and after, because tabs become longer.
  return cutText(sanitizeText(cutText(value, maxChars)), maxChars);
}

/** Returns a whole number within limits; `otherwise` if it is missing. */
export function countField<Otherwise>(
  fields: Fields,
  key: string,
  max: number,
  otherwise: Otherwise,
): number | Otherwise {
  const value = own(fields, key);
  if (value === undefined || value === null) return otherwise;
  if (!isCount(value, max)) throw new FieldProblem(key);
  return value;
}

/** Returns a whole number within limits that has to be there. */
export function requiredCount(fields: Fields, key: string, max: number): number {
  const value = countField(fields, key, max, null);
  if (value === null) throw new FieldProblem(key);
  return value;
}

/** Returns a number from 0 to a limit, rounded to 0.1; null if it is missing. */
export function figureField(fields: Fields, key: string, max: number): number | null {
  return figure(own(fields, key), key, max);
}

/** Like `figureField`, for a value that is already at hand. */
export function figure(value: unknown, key: string, max: number, min = 0): number | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'number' || !Number.isFinite(value) || value < min || value > max) throw new FieldProblem(key);
  return Math.round(value * 10) / 10;
}

/** Returns whether a flag is set; false if it is missing. */
export function flagField(fields: Fields, key: string): boolean {
  const value = own(fields, key);
  if (value !== undefined && typeof value !== 'boolean') throw new FieldProblem(key);
  return value === true;
}

const WORD = /^[a-z][a-z-]{0,31}$/;

/** Returns one of some words; null for another word, which a later version may have. */
export function knownWordField<Word extends string>(fields: Fields, key: string, words: readonly Word[]): Word | null {
  const value = nameField(fields, key, WORD);
  return words.find((word) => word === value) ?? null;
}

/** Returns the elements of an array of at most `max`; none if it is missing. */
export function arrayField(fields: Fields, key: string, max: number): readonly unknown[] {
  const value = own(fields, key);
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length > max) throw new FieldProblem(key);
  return value as readonly unknown[];
}

/** Returns the entries of an object with at most `max`; none if it is missing. */
export function entriesField(fields: Fields, key: string, max: number): readonly (readonly [string, unknown])[] {
  const value = own(fields, key);
  if (value === undefined) return [];
  const entries = Object.entries(objectOf(value, key));
  if (entries.length > max) throw new FieldProblem(key);
  return entries;
}

/** Returns a value as an object. */
export function objectOf(value: unknown, key: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new FieldProblem(key);
  return value as Fields;
}

/** Refuses a field. */
export function refuse(key: string): never {
  throw new FieldProblem(key);
}

/** Returns whether a value is a whole number from 0 to a limit. */
export function isCount(value: unknown, max: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= max;
}
