import { choicesOf, type FieldState, focusedField, type Form, proposedText, suggestionFor } from '../state/form.ts';
import { fieldNamed } from '../state/form-fields.ts';
import type { State } from '../state/state.ts';
import { labelFor } from '../keys/keymap.ts';
import type { Suggestion } from '../../protocol/results/suggestions.ts';
import { windowTop } from '../state/record-list.ts';
import type { TextField } from '../state/text-field.ts';
import { charactersOf } from '../../base/characters.ts';
import { fieldSpans } from './field-spans.ts';
import { BORDER_ROWS } from '../layout/screen.ts';
import type { Thumb } from '../layout/log-place.ts';
import { paneLines } from './pane-lines.ts';
import { fillHeight, line, ruledLine } from '../text/line.ts';
import { widthOfText } from '../text/narrow-text.ts';
import { type Scene, type Span, span } from '../style/scene.ts';
import { wrapWords } from '../text/wrap-text.ts';

const LABEL_WIDTH = 17;

/** From this size on, the form is in a box. */
const BOX_FROM = { columns: 100, rows: 20 };
const BOX_COLUMNS = 96;
/** From this width on, numbers and choices have signs around them. */
const SIGNS_FROM_COLUMNS = 80;

/** Draws the form in which a program is added or edited, on wide screens in a box in their middle. */
export function formLines({ overlay }: State, scene: Scene): readonly string[] {
  if (overlay.kind !== 'form') return fillHeight(scene, []);
  const { form } = overlay;
  if (scene.columns < BOX_FROM.columns || scene.height < BOX_FROM.rows) {
    const { rows } = fieldsAndNotes(form, scene, scene.height - 1);
    return fillHeight(scene, [ruledLine(scene, titleSpans(form)), ...rows]);
  }
  const margin = ' '.repeat(Math.floor((scene.columns - BOX_COLUMNS) / 2));
  const box = { ...scene, columns: BOX_COLUMNS, height: Math.min(scene.height - 1, form.fields.length + BOX_ROWS + 4) };
  const inside = { ...box, columns: box.columns - BORDER_ROWS, height: box.height - BORDER_ROWS };
  const { rows, thumb } = fieldsAndNotes(form, inside, inside.height - 1);
  const title = { left: titleSpans(form), hasFocus: true, thumb };
  const lines = paneLines(box, title, () => ['', ...rows]);
  return fillHeight(scene, ['', ...lines.map((text) => margin + text)]);
}

/** The border, an empty line above and below the fields, and a hint. */
const BOX_ROWS = 5;

interface FormRows {
  readonly rows: readonly string[];
  /** Which part of the fields is shown, as the thumb of a scroll bar beside all rows; null if all of them are. */
  readonly thumb: Thumb | null;
}

function fieldsAndNotes(form: Form, scene: Scene, rows: number): FormRows {
  const fields = form.fields.flatMap((state, index) => fieldLines(state, index === form.focused, form, scene));
  const notes = noteLines(form, scene);
  const height = Math.max(1, rows - notes.length);
  const focused = fields.findIndex(({ isFocused }) => isFocused);
  const top = windowTop(0, focused, fields.length, height);
  const shown = fields.slice(top, top + height).map((field) => field.text);
  const padding = Array<string>(Math.max(0, height - shown.length)).fill('');
  const at = (row: number): number => Math.round((row * height) / fields.length) + 1;
  return {
    rows: [...shown, ...padding, ...notes].slice(0, rows),
    thumb: fields.length <= height ? null : { from: at(top), to: Math.max(at(top) + 1, at(top + height)) },
  };
}

function titleSpans({ purpose, isSent }: Form): Span[] {
  const title = purpose.kind === 'add' ? 'Add a program' : `Edit ${purpose.id}`;
  return [span(title, 'strong'), span(isSent ? ' (applying ...)' : '', 'muted')];
}

interface FormLine {
  readonly text: string;
  readonly isFocused: boolean;
}

/** Draws a field, and its problem below it. */
function fieldLines(state: FieldState, isFocused: boolean, form: Form, scene: Scene): readonly FormLine[] {
  const { key, field, original, problem } = state;
  const isChanged = form.purpose.kind === 'edit' && field.text !== original;
  const label = fieldNamed(key).label.padEnd(LABEL_WIDTH);
  const room = scene.columns - LABEL_WIDTH - 4;
  const spans = [
    span(` ${isFocused ? scene.glyphs.cursor : ' '}`, 'info'),
    span(label, isFocused ? 'strong' : 'plain'),
    span(isChanged ? '* ' : '  ', 'busy'),
    ...measuredSpans(state, isFocused ? focusedSpans(field, choicesOf(form), room, scene) : [span(field.text)], scene),
    ...suggestedSpans(state, form),
  ];
  const lines = [{ text: line(scene, spans), isFocused }];
  if (problem === null) return lines;
  const indent = ' '.repeat(LABEL_WIDTH + 4);
  const pieces = wrapWords(problem, scene.columns - indent.length);
  return [
    ...lines,
    ...pieces.map((piece) => ({ text: line(scene, [span(`${indent}${piece}`, 'bad')]), isFocused: false })),
  ];
}

/** How wide the place of a number is at least. */
const NUMBER_COLUMNS = 5;

/** Draws a number in brackets with its unit; after any other value, whether its change restarts the program. */
function measuredSpans(
  { key, field, original }: FieldState,
  shown: readonly Span[],
  { columns }: Scene,
): readonly Span[] {
  if (columns < SIGNS_FROM_COLUMNS) return shown;
  const { unit, restarts } = fieldNamed(key);
  if (unit !== undefined) {
    const width = shown.reduce((sum, { text }) => sum + widthOfText(text), 0);
    const blank = span(' '.repeat(Math.max(0, NUMBER_COLUMNS - width)));
    return [span('[', 'muted'), ...shown, blank, span(`] ${unit}`, 'muted')];
  }
  return restarts === true && original !== '' && field.text !== original
    ? [...shown, span('  restarts the program', 'busy')]
    : shown;
}

/** Draws what is proposed for a field, unless that was typed. */
function suggestedSpans({ key, field }: FieldState, form: Form): readonly Span[] {
  const suggestion = suggestionFor(form, key);
  if (suggestion === null || field.text === proposedText(suggestion)) return [];
  return [span(`  suggested: ${shownText(suggestion)}`, 'info')];
}

/** Returns a proposed value for the screen. */
function shownText(suggestion: Suggestion): string {
  return suggestion.proposed === null ? 'none' : proposedText(suggestion);
}

/** Draws all values if there are only a few, otherwise the part of the text around the caret. */
function focusedSpans(
  field: TextField,
  choices: readonly string[],
  room: number,
  { columns, glyphs }: Scene,
): readonly Span[] {
  if (choices.length > 0) {
    const [left, right] =
      columns < SIGNS_FROM_COLUMNS ? [' ', ' '] : glyphs.choice.map((sign, at) => (at === 0 ? `${sign} ` : ` ${sign}`));
    return choices.flatMap((choice) =>
      choice === field.text
        ? [span(`${left ?? ''}${choice}${right ?? ''}`, 'selected'), span(' ')]
        : [span(` ${choice} `), span(' ')],
    );
  }
  const characters = charactersOf(field.text);
  const from = Math.max(0, Math.min(field.caret - room + 2, characters.length - room + 1));
  return fieldSpans({ text: characters.slice(from).join(''), caret: field.caret - from });
}

/** Draws the hint of the focused field, why a value is suggested for it, and the problem that belongs to no field. */
function noteLines(form: Form, scene: Scene): readonly string[] {
  const focused = focusedField(form);
  const hint = focused === null ? '' : fieldNamed(focused.key).hint;
  const suggestion = focused === null ? null : suggestionFor(form, focused.key);
  return [
    ...(form.problem === null ? [] : noteOf(form.problem, 'bad', scene)),
    ...(suggestion === null
      ? []
      : noteOf(`Suggested: ${shownText(suggestion)} (${suggestion.reason})${acceptNote()}`, 'info', scene)),
    ...noteOf(hint, 'muted', scene),
  ];
}

/** Returns which key types the suggestion. */
function acceptNote(): string {
  const key = labelFor('form', 'acceptSuggestion');
  return key === null ? '' : `; ${key} types it`;
}

function noteOf(text: string, tone: Span['tone'], scene: Scene): readonly string[] {
  return wrapWords(text, scene.columns - 2).map((piece) => line(scene, [span(`  ${piece}`, tone)]));
}
