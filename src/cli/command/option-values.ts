import { InvalidArgumentError } from 'commander';
import type { FieldCondition } from '../../base/structured-text.ts';
import { messageOf } from '../../base/thrown.ts';
import { compilePattern, type LinearPattern } from '../../base/linear-pattern.ts';
import { parseDuration } from '../../base/duration.ts';
import { MOMENT_EXAMPLES, parseMoment } from '../../base/parse-moment.ts';

/** Returns a duration in milliseconds. @throws InvalidArgumentError */
export function readDuration(text: string): number {
  const ms = parseDuration(text);
  if (ms === null) throw new InvalidArgumentError('Write a duration such as 10s, 5m or 1h30m.');
  return ms;
}

/** Adds a text to those of earlier uses of the same option. */
export function addText(text: string, previous: unknown): readonly string[] {
  const given = Array.isArray(previous) ? (previous as readonly string[]) : [];
  return [...given, text];
}

/** Creates a reader of whole numbers from 0 to `max`, which throws InvalidArgumentError for anything else. */
export function readCount(max: number): (text: string) => number {
  return (text) => {
    const count = Number(text);
    if (!/^\d+$/.test(text) || count > max) throw new InvalidArgumentError(`Write a whole number from 0 to ${max}.`);
    return count;
  };
}

/** The most instances of a program. */
export const MOST_INSTANCES = 1000;

/** Returns a number of instances, or `max` for one per processor. @throws InvalidArgumentError */
export function readInstances(text: string): number | 'max' {
  if (text === 'max') return text;
  if (/^\d+$/.test(text) && Number(text) <= MOST_INSTANCES) return Number(text);
  throw new InvalidArgumentError(`Write a whole number from 0 to ${MOST_INSTANCES}, or max.`);
}

/** Returns the number of a run: from 1, or counted back from 0 for the latest one. @throws InvalidArgumentError */
export function readRun(text: string): number {
  if (/^[+-]?\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write the number of a run, 0 for the latest one, or -1 for the one before.');
}

/** Returns a regular expression. @throws InvalidArgumentError with the reason why the text cannot be used as one */
export function readPattern(text: string): LinearPattern {
  try {
    return compilePattern(text);
  } catch (error) {
    const [, detail] = /^is not a valid regular expression: (.*)/s.exec(messageOf(error)) ?? [];
    throw new InvalidArgumentError(`Invalid regular expression: ${detail ?? `it ${messageOf(error)}`}.`);
  }
}

/**
 * Creates a reader of limits: a number above 0, with a unit if wanted, or null for "none". It throws InvalidArgumentError.
 * @param parse parses a number with a unit
 */
export function readLimit(unit: string, parse: (text: string) => number | null): (text: string) => number | null {
  return (text) => {
    if (text === 'none') return null;
    const limit = /^\d*\.?\d+$/.test(text) ? Number(text) : (parse(text) ?? 0);
    if (limit > 0) return limit;
    throw new InvalidArgumentError(`Write a number of ${unit}, or "none".`);
  };
}

/** Adds NAME=VALUE to the variables of earlier uses of the same option. @throws InvalidArgumentError */
export function addVariable(text: string, previous: unknown): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Write NAME=VALUE.');
  const given = typeof previous === 'object' && previous !== null ? previous : {};
  return { ...given, [text.slice(0, at)]: text.slice(at + 1) };
}

/** Adds FIELD=VALUE to those of earlier uses of the same option. @throws InvalidArgumentError */
export function addField(text: string, previous: unknown): readonly FieldCondition[] {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Write FIELD=VALUE, such as user.id=42.');
  const given = Array.isArray(previous) ? (previous as readonly FieldCondition[]) : [];
  return [...given, { path: text.slice(0, at), value: text.slice(at + 1) }];
}

/** Returns a time in milliseconds: a duration ago, a time of today, a date, or ISO 8601. @throws InvalidArgumentError */
export function readMoment(text: string): number {
  const ms = parseMoment(text, Date.now());
  if (ms === null) throw new InvalidArgumentError(`Write a time such as ${MOMENT_EXAMPLES}.`);
  return ms;
}
