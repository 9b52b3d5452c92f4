import type { NoteWeight } from './imported.ts';
import type { ProgramDraft } from './program-draft.ts';
import type { Fields } from './plain-values.ts';
import { textOf } from './text-of.ts';

/** What a field is converted into. */
export interface Target {
  readonly draft: ProgramDraft;
  /** The place of the field in its file. */
  readonly place: string;
}

/** Converts a field of another process manager. */
export type Convert = (value: unknown, target: Target) => void;

/** Fields that are converted together with others. */
export const convertedElsewhere: Convert = () => undefined;

/** Concerns only the other manager, or is what healer does anyway. */
export const detail =
  (message: string): Convert =>
  (_value, { draft, place }) =>
    draft.note('detail', place, message);

/** Noted only when switched on, because switched off it matches healer. */
const unlessOff =
  (weight: NoteWeight) =>
  (message: string): Convert =>
  (value, { draft, place }) => {
    if (!isOff(value)) draft.note(weight, place, message);
  };

/** Has no equivalent, and changes how the program runs. */
export const lost = unlessOff('loss');

/** Has no equivalent, but the program runs as before. */
export const minor = unlessOff('minor');

/** Returns whether a field is missing, empty or switched off. */
function isOff(value: unknown): boolean {
  return value === undefined || value === null || value === false || value === '' || textOf(value) === 'false';
}

/**
 * Converts all fields of a program with a table. Unknown fields are losses.
 * @param manager the name of the other manager, for the message about unknown fields
 */
export function convertFields(
  fields: readonly (readonly [name: string, value: unknown, place: string])[],
  table: Readonly<Record<string, Convert>>,
  draft: ProgramDraft,
  manager: string,
): void {
  for (const [name, value, place] of fields) {
    const convert = Object.hasOwn(table, name) ? table[name] : undefined;
    if (convert !== undefined) convert(value, { draft, place });
    else if (!name.startsWith('x-'))
      draft.lose(place, `"${name}" is not a documented field of ${manager}; it was left out`);
  }
}

/** Loses fields of a map within a field that its manager does not document, such as `timeout` where it has `timeout_seconds`. */
export function loseUnknown(
  path: string,
  fields: Fields,
  known: readonly string[],
  { draft, place, manager }: { readonly draft: ProgramDraft; readonly place: string; readonly manager: string },
): void {
  for (const name of Object.keys(fields)) {
    if (known.includes(name) || name.startsWith('x-')) continue;
    draft.lose(place, `"${path}.${name}" is not a documented field of ${manager}; it was left out`);
  }
}
