import { parseMegabytes, parsePercent } from '../../protocol/spec/quantities.ts';
import type { DefinitionChanges } from '../../protocol/definition.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';

/** What a field contributes to the definition. The engine's schema decides whether it is valid. */
export type FieldValue =
  | { readonly kind: 'value'; readonly value: DefinitionChanges }
  | { readonly kind: 'problem'; readonly message: string };

/** A field of the add and edit forms: a part of a definition, as text. */
export interface FormField<Key extends string> {
  readonly key: Key;
  readonly label: string;
  readonly hint: string;
  /** What the number counts, shown after it. */
  readonly unit?: string;
  /** Whether a change restarts the program. */
  readonly restarts?: true;
  /** All values, if there are only a few. */
  readonly choices?: readonly string[];
  /** The value for a new program. */
  readonly initial: string;
  /** The paths in the definition under which the engine reports problems of this field. */
  readonly paths: readonly string[];
  readonly read: (spec: ProcessSpec) => string;
  readonly write: (text: string) => FieldValue;
}

/** The choices of a field that is true or false. */
export const YES_NO = ['yes', 'no'] as const;

/** Keeps the names of the fields in their type. */
export function fields<const Key extends string>(table: readonly FormField<Key>[]): readonly FormField<Key>[] {
  return table;
}

/** Returns the part of a definition that a field sets. */
export function value(part: DefinitionChanges): FieldValue {
  return { kind: 'value', value: part };
}

/** Returns the problem of a text that no definition can hold. */
export function problem(message: string): FieldValue {
  return { kind: 'problem', message };
}

/** What a number counts, with the parser of a text that has a unit: the unit of another quantity is a mistake. */
const QUANTITIES = {
  percent: parsePercent,
  megabytes: parseMegabytes,
  count: () => null,
} as const;

/** Parses a number, which may have a unit of its quantity; an empty text and `none` are null. */
export function numberField(
  text: string,
  quantity: keyof typeof QUANTITIES,
  write: (number: number | null) => DefinitionChanges,
  expected: string,
): FieldValue {
  if (text === '' || text === 'none') return value(write(null));
  const number = QUANTITIES[quantity](text) ?? Number(text);
  return Number.isFinite(number) ? value(write(number)) : problem(`must be a number ${expected}`);
}

/** Parses one of a few values. */
export function choiceField<Choice extends string>(
  choices: readonly Choice[],
  text: string,
  write: (choice: Choice) => DefinitionChanges,
): FieldValue {
  const chosen = choices.find((choice) => choice === text);
  return chosen === undefined ? problem(`must be one of ${choices.join(', ')}`) : value(write(chosen));
}

/** Returns a number as text; empty for null. */
export function readNumber(number: number | null): string {
  return number === null ? '' : String(number);
}

const UNITS = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

/** Returns milliseconds with the largest unit that loses nothing, such as `90s` or `250ms`. */
export function readDuration(ms: number): string {
  const unit = UNITS.find(([, length]) => ms > 0 && ms % length === 0);
  return unit === undefined ? `${String(ms)}ms` : `${String(ms / unit[1])}${unit[0]}`;
}

/** Returns the text that stands for milliseconds in a definition: a number keeps its meaning, a duration its unit. */
export function durationOf(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text;
}
