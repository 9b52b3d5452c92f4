import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../base/duration.ts';

/** Reads the value of an option as milliseconds. */
export function durationOption(text: string): number {
  const ms = parseDuration(text);
  if (ms === null) throw new InvalidArgumentError('Write a duration as 10s, 5m or 1h30m.');
  return ms;
}

/** Makes a reader of whole numbers from 0 to `max`. */
export function countOption(max: number): (text: string) => number {
  return (text) => {
    const count = Number(text);
    if (!/^\d+$/.test(text) || count > max) throw new InvalidArgumentError(`Write a whole number from 0 to ${max}.`);
    return count;
  };
}

export function patternOption(text: string): RegExp {
  try {
    return new RegExp(text, 'u');
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? `${error.message}.` : '');
  }
}
