import { sanitizeText } from '../../base/sanitize-text.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { DefinitionChanges } from '../../protocol/definition.ts';
import type { Suggestion } from '../../protocol/results/suggestions.ts';
import type { FieldValue } from './form-field.ts';
import { ADD_FIELDS, changedEnv, EDIT_FIELDS, type FieldKey, fieldNamed } from './form-fields.ts';
import { TEXT_EDITS, type TextField, textField } from './text-field.ts';

/** What a form is for: a new program, or changes to one. */
export type FormPurpose = { readonly kind: 'add' } | { readonly kind: 'edit'; readonly id: string };

/** A field with what is typed in it. */
export interface FieldState {
  readonly key: FieldKey;
  readonly field: TextField;
  /** The text when the form opened; only fields with another text are changed. */
  readonly original: string;
  readonly problem: string | null;
}

/** A program definition that is being typed. */
export interface Form {
  readonly purpose: FormPurpose;
  readonly fields: readonly FieldState[];
  readonly focused: number;
  /** It was sent, and the engine has not replied yet. */
  readonly isSent: boolean;
  /** A problem that belongs to no field. */
  readonly problem: string | null;
  /** What the engine proposes for fields, from what it observed. */
  readonly suggestions: readonly Suggestion[];
}

/** A part of a definition that the engine rejected. */
export interface FieldIssue {
  /** Names joined with dots. */
  readonly path: string;
  readonly message: string;
}

/** Creates the form for a new program. */
export function addForm(folder: string): Form {
  const fields = ADD_FIELDS.map(({ key, initial }) => fieldState(key, key === 'cwd' ? folder : initial));
  return { purpose: { kind: 'add' }, fields, focused: 0, isSent: false, problem: null, suggestions: [] };
}

/** Creates the form for changes to a program. */
export function editForm(id: string, spec: ProcessSpec): Form {
  const fields = EDIT_FIELDS.map(({ key, read }) => fieldState(key, read(spec)));
  return { purpose: { kind: 'edit', id }, fields, focused: 0, isSent: false, problem: null, suggestions: [] };
}

function fieldState(key: FieldKey, text: string): FieldState {
  const safe = sanitizeText(text);
  return { key, field: textField(safe), original: safe, problem: null };
}

/** Returns what is proposed for a field; null without a suggestion. */
export function suggestionFor({ suggestions }: Form, key: FieldKey): Suggestion | null {
  const { paths } = fieldNamed(key);
  return suggestions.find(({ field }) => paths.includes(field)) ?? null;
}

/** Returns a proposed value as it is typed in its field. */
export function proposedText({ field, proposed }: Suggestion): string {
  if (proposed === null) return '';
  return field.endsWith('Ms') ? `${String(proposed)}ms` : String(proposed);
}

/** Returns whether a field has a suggestion that was not typed yet. */
function hasOffer(form: Form, { key, field }: FieldState): boolean {
  const suggestion = suggestionFor(form, key);
  return suggestion !== null && field.text !== proposedText(suggestion);
}

/** Types what is proposed for the focused field, or else for the next field that has a suggestion, and focuses that. */
export function acceptSuggestion(form: Form): Form {
  const count = form.fields.length;
  const order = form.fields.map((_, index) => (form.focused + index) % count);
  const focused = order.find((index) => {
    const state = form.fields[index];
    return state !== undefined && hasOffer(form, state);
  });
  if (focused === undefined) return form;
  const moved = { ...form, focused };
  const suggestion = suggestionFor(moved, focusedField(moved)?.key ?? 'id');
  return suggestion === null ? form : editFocused(moved, () => textField(proposedText(suggestion)));
}

/** Returns the field that has the focus. */
export function focusedField(form: Form): FieldState | null {
  return form.fields[form.focused] ?? null;
}

/** Moves the focus; after the last field comes the first. */
export function moveFocus(form: Form, by: number): Form {
  const count = form.fields.length;
  return { ...form, focused: (form.focused + by + count) % count };
}

/** Edits the focused field and clears its problem. */
export function editFocused(form: Form, edit: (field: TextField) => TextField): Form {
  const fields = form.fields.map((state, index) =>
    index === form.focused ? { ...state, field: edit(state.field), problem: null } : state,
  );
  return { ...form, fields, problem: null };
}

/** Selects the next or previous value of the focused field; in a text field, moves the caret. */
export function turnChoice(form: Form, by: 1 | -1): Form {
  const choices = choicesOf(form);
  if (choices.length === 0) return editFocused(form, by === 1 ? caretRight : caretLeft);
  const at = choices.indexOf(focusedField(form)?.field.text ?? '');
  const next = choices[(at + by + choices.length) % choices.length] ?? '';
  return editFocused(form, () => textField(next));
}

function caretRight(field: TextField): TextField {
  return TEXT_EDITS.caretRight(field);
}

function caretLeft(field: TextField): TextField {
  return TEXT_EDITS.caretLeft(field);
}

/** Returns the values of the focused field if there are only a few; empty for text. */
export function choicesOf(form: Form): readonly string[] {
  const state = focusedField(form);
  return state === null ? [] : (fieldNamed(state.key).choices ?? []);
}

/** Fields without an effect, and refused by the engine, where there is no health check. */
const NEEDS_CHECK: readonly FieldKey[] = ['healthEnabled', 'healthInterval', 'healthTimeout', 'healthFailures'];
const NO_CHECK = 'there is no health check to apply this to; write one in "Health check", or restore this value';

/** False also for a check that is being removed: the rest goes with it. */
function lacksCheck({ fields }: Form): boolean {
  return fields.some(({ key, field, original }) => key === 'health' && field.text.trim() === '' && original === '');
}

/** The definition that was typed, or the form with a problem at each field that is invalid. */
export type ReadForm =
  | { readonly kind: 'read'; readonly values: DefinitionChanges; readonly id: string }
  | { readonly kind: 'invalid'; readonly form: Form };

/** Parses what is typed in a field. Of the variables of an existing program, only those that were changed count. */
export function readField({ purpose }: Pick<Form, 'purpose'>, { key, field, original }: FieldState): FieldValue {
  const text = field.text.trim();
  return purpose.kind === 'edit' && key === 'env' ? changedEnv(text, original) : fieldNamed(key).write(text);
}

/** Parses the fields of a form; for an existing program, only those that were changed. */
export function readForm(form: Form): ReadForm {
  const states = form.fields.filter(({ field, original }) => form.purpose.kind === 'add' || field.text !== original);
  const parts = states.map((state) => ({ key: state.key, part: readField(form, state) }));
  const problems = new Map(parts.flatMap(({ key, part }) => (part.kind === 'problem' ? [[key, part.message]] : [])));
  for (const { key } of parts) if (NEEDS_CHECK.includes(key) && lacksCheck(form)) problems.set(key, NO_CHECK);
  if (problems.size > 0) return { kind: 'invalid', form: withProblems(form, problems, null) };
  const values = parts.reduce<DefinitionChanges>(
    (merged, { part }) => (part.kind === 'value' ? mergeParts(merged, part.value) : merged),
    {},
  );
  const id = form.purpose.kind === 'edit' ? form.purpose.id : textOf(form, 'id').trim();
  return { kind: 'read', values, id };
}

/** Merges parts of the same map, such as both limits. Null removes the whole map, whatever else is set in it. */
function mergeParts<Part extends object>(merged: Part, part: Part): Part {
  const both = Object.entries(part).map(([name, value]: [string, unknown]): [string, unknown] => {
    const earlier = (merged as Readonly<Record<string, unknown>>)[name];
    if (earlier === null) return [name, null];
    return [name, isMap(earlier) && isMap(value) ? mergeParts(earlier, value) : value];
  });
  return { ...merged, ...Object.fromEntries(both) };
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the text of a field. */
export function textOf(form: Form, key: FieldKey): string {
  return form.fields.find((state) => state.key === key)?.field.text ?? '';
}

/** Puts the problems that the engine reported at their fields, and all others below the form. */
export function refuseForm(form: Form, message: string, issues: readonly FieldIssue[]): Form {
  const placed = issues.map((issue) => ({ issue, key: keyOfPath(form, issue.path) }));
  const problems = new Map(placed.flatMap(({ issue, key }) => (key === null ? [] : [[key, issue.message]])));
  const rest = placed
    .filter(({ key }) => key === null)
    .map(({ issue: { path, message: what } }) => (path === '' ? what : `${path}: ${what}`));
  const whole = issues.length === 0 ? message : rest.join('; ');
  return withProblems({ ...form, isSent: false }, problems, whole === '' ? null : whole);
}

/** Returns the field with the most specific path that leads to a problem: an interval of checks is not the check itself. */
function keyOfPath(form: Form, path: string): FieldKey | null {
  const inDefinition = path.replace(/^(?:definition|changes)\./, '');
  const leading = form.fields
    .flatMap(({ key }) => fieldNamed(key).paths.map((own) => ({ key, own })))
    .filter(({ own }) => inDefinition === own || inDefinition.startsWith(`${own}.`));
  return leading.toSorted((a, b) => b.own.length - a.own.length)[0]?.key ?? null;
}

/** Sets all problems and focuses the first field that has one. */
function withProblems(form: Form, problems: ReadonlyMap<FieldKey, string>, problem: string | null): Form {
  const fields = form.fields.map((state) => ({ ...state, problem: problems.get(state.key) ?? null }));
  const first = fields.findIndex((state) => state.problem !== null);
  return { ...form, fields, problem, focused: first === -1 ? form.focused : first };
}
