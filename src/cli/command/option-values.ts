import { InvalidArgumentError } from 'commander';
import { messageOf } from '../../base/thrown.ts';
import { compilePattern, type LinearPattern } from '../../base/linear-pattern.ts';
import { parseDuration } from '../../base/duration.ts';

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
