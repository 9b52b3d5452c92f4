import type { FieldCondition } from '../../base/structured-text.ts';
import type { LinearPattern } from '../../base/linear-pattern.ts';
import { parsePid } from './pid.ts';
import {
  addField,
  addText,
  addVariable,
  readCount,
  readInstances,
  readDuration,
  readLimit,
  readMoment,
  readPattern,
  readRun,
} from './option-values.ts';

/** An option as help shows it, and the value that its command receives. */
export interface OptionRow<Value = unknown> {
  readonly flags: string;
  readonly summary: string;
  /** The flag that sets the opposite, where both exist. */
  readonly opposite?: { readonly flags: string; readonly summary: string };
  readonly choices?: readonly string[];
  /** The value when the option is not given. Help shows it if the option takes a value. */
  readonly fallback: Value;
  /** Reads the text of the option; `previous` is what an earlier use of the same option returned. */
  readonly parse?: (text: string, previous: unknown) => Value;
}

/** Options by the name under which the command receives their values. */
export type OptionRows = Readonly<Record<string, OptionRow>>;

/** The values of options, as parsed by their rows. */
export type OptionValues<Rows extends OptionRows> = {
  readonly [Name in keyof Rows]: Rows[Name] extends OptionRow<infer Value> ? Value : never;
};

/** Defines an option without a value: false unless it is given. */
export function flag(flags: string, summary: string): OptionRow<boolean> {
  return { flags, summary, fallback: false };
}

/** Defines an option that starts with `--no-`: true unless it is given. */
export function noFlag(flags: string, summary: string): OptionRow<boolean> {
  return { flags, summary, fallback: true };
}

/** Defines a flag and its opposite. The last one given counts; without either the value is undefined. */
export function eitherFlag(
  [flags, summary]: readonly [flags: string, summary: string],
  [oppositeFlags, oppositeSummary]: readonly [flags: string, summary: string],
): OptionRow<boolean | undefined> {
  return { flags, summary, opposite: { flags: oppositeFlags, summary: oppositeSummary }, fallback: undefined };
}

/** Defines an option that takes any text. */
export function text(flags: string, summary: string): OptionRow<string | undefined>;
export function text(flags: string, summary: string, fallback: string): OptionRow<string>;
export function text(flags: string, summary: string, fallback?: string): OptionRow<string | undefined> {
  return { flags, summary, fallback };
}

/** Defines an option that takes any text and may be repeated. */
export function texts(flags: string, summary: string): OptionRow<readonly string[] | undefined> {
  return { flags, summary, fallback: undefined, parse: addText };
}

/** Defines an option that takes one of some words. */
export function choice<const Word extends string>(
  flags: string,
  summary: string,
  choices: readonly Word[],
): OptionRow<Word | undefined>;
export function choice<const Word extends string>(
  flags: string,
  summary: string,
  choices: readonly Word[],
  fallback: NoInfer<Word>,
): OptionRow<Word>;
export function choice(
  flags: string,
  summary: string,
  choices: readonly string[],
  fallback?: string,
): OptionRow<string | undefined> {
  return { flags, summary, choices, fallback };
}

interface CountLimits<Fallback> {
  readonly max: number;
  readonly fallback: Fallback;
}

/** Defines an option that takes a whole number from 0 to `max`. */
export function count<Fallback extends number | undefined>(
  flags: string,
  summary: string,
  { max, fallback }: CountLimits<Fallback>,
): OptionRow<number | Fallback> {
  return { flags, summary, fallback, parse: readCount(max) };
}

/** Defines an option that takes a number of instances, or `max`. */
export function instances(flags: string, summary: string): OptionRow<number | 'max' | undefined> {
  return { flags, summary, fallback: undefined, parse: readInstances };
}

/** Defines an option that takes the number of a run, counted back if it is not above 0. */
export function run(flags: string, summary: string): OptionRow<number | undefined> {
  return { flags, summary, fallback: undefined, parse: readRun };
}

/** Defines an option that takes the pid of a process. */
export function processOf(flags: string, summary: string): OptionRow<number | undefined> {
  return { flags, summary, fallback: undefined, parse: parsePid };
}

/** Defines an option that takes a duration such as "1m30s"; the value is in milliseconds. */
export function duration(flags: string, summary: string): OptionRow<number | undefined> {
  return { flags, summary, fallback: undefined, parse: readDuration };
}

/** Defines an option that takes a time, as a duration ago, a time of today or a date; the value is in milliseconds. */
export function moment(flags: string, summary: string): OptionRow<number | undefined> {
  return { flags, summary, fallback: undefined, parse: readMoment };
}

/** Defines an option that takes FIELD=VALUE and may be repeated. */
export function fields(flags: string, summary: string): OptionRow<readonly FieldCondition[] | undefined> {
  return { flags, summary, fallback: undefined, parse: addField };
}

/** Defines an option that takes a regular expression. */
export function pattern(flags: string, summary: string): OptionRow<LinearPattern | undefined> {
  return { flags, summary, fallback: undefined, parse: readPattern };
}

/** Defines an option that takes a number of a unit, or "none", which is null. `parse` parses a number with a unit. */
export function limit(
  flags: string,
  summary: string,
  unit: string,
  parse: (text: string) => number | null,
): OptionRow<number | null | undefined> {
  return { flags, summary, fallback: undefined, parse: readLimit(unit, parse) };
}

/** Defines an option that takes NAME=VALUE and may be repeated. */
export function variables(flags: string, summary: string): OptionRow<Readonly<Record<string, string>> | undefined> {
  return { flags, summary, fallback: undefined, parse: addVariable };
}
