import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../../base/duration.ts';

/** Reads the value of an option as milliseconds. */
export function durationOption(text: string): number {
  const ms = parseDuration(text);
  if (ms === null) throw new InvalidArgumentError('Write a duration as 10s, 5m or 1h30m.');
  return ms;
}

/** An option that may be given several times. */
export function severalOption(text: string, before: unknown): readonly unknown[] {
  const given: readonly unknown[] = Array.isArray(before) ? before : [];
  return [...given, text];
}

/** Makes a reader of whole numbers from 0 to `max`. */
export function countOption(max: number): (text: string) => number {
  return (text) => {
    const count = Number(text);
    if (!/^\d+$/.test(text) || count > max) throw new InvalidArgumentError(`Write a whole number from 0 to ${max}.`);
    return count;
  };
}

/** A regular expression. @throws InvalidArgumentError with what is wrong with it. */
export function patternOption(text: string): RegExp {
  try {
    return new RegExp(text, 'u');
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? `${error.message}.` : '');
  }
}

/** Makes a reader of a limit: a number of its unit, or "none". */
export function limitOption(unit: string): (text: string) => number | null {
  return (text) => {
    if (text === 'none') return null;
    const limit = Number(text);
    if (/^\d*\.?\d+$/.test(text) && limit > 0) return limit;
    throw new InvalidArgumentError(`Write a number of ${unit} above 0, or none.`);
  };
}

/** Gathers NAME=VALUE of every use of the option. */
export function variableOption(text: string, before: unknown): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Write NAME=VALUE.');
  const earlier = typeof before === 'object' && before !== null ? before : {};
  return { ...earlier, [text.slice(0, at)]: text.slice(at + 1) };
}
