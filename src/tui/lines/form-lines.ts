import { choicesOf, type FieldState, focusedField, type Form } from '../state/form.ts';
import { fieldNamed } from '../state/form-fields.ts';
import type { State } from '../state/state.ts';
import { windowTop } from '../state/record-list.ts';
import type { TextField } from '../state/text-field.ts';
import { charactersOf } from '../../base/characters.ts';
import { fieldSpans } from './field-spans.ts';
import { fillHeight, line, ruledLine } from '../text/line.ts';
import { type Scene, type Span, span } from '../style/scene.ts';
import { wrapWords } from '../text/wrap-text.ts';

const LABEL_WIDTH = 17;

/** Draws the form in which a program is added or edited. */
export function formLines({ overlay }: State, scene: Scene): readonly string[] {
  if (overlay.kind !== 'form') return fillHeight(scene, []);
  const { form } = overlay;
  const fields = form.fields.flatMap((state, index) => fieldLines(state, index === form.focused, form, scene));
  const notes = noteLines(form, scene);
  const height = Math.max(1, scene.height - 1 - notes.length);
  const focused = fields.findIndex(({ isFocused }) => isFocused);
  const top = windowTop(0, focused, fields.length, height);
  const shown = fields.slice(top, top + height).map((field) => field.text);
  const padding = Array<string>(Math.max(0, height - shown.length)).fill('');
  return fillHeight(scene, [ruledLine(scene, titleSpans(form)), ...shown, ...padding, ...notes]);
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
    ...(isFocused ? focusedSpans(field, choicesOf(form), room) : [span(field.text)]),
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

/** Draws all values if there are only a few, otherwise the part of the text around the caret. */
function focusedSpans(field: TextField, choices: readonly string[], room: number): readonly Span[] {
  if (choices.length > 0) {
    return choices.flatMap((choice) => [span(` ${choice} `, choice === field.text ? 'selected' : 'plain'), span(' ')]);
  }
  const characters = charactersOf(field.text);
  const from = Math.max(0, Math.min(field.caret - room + 2, characters.length - room + 1));
  return fieldSpans({ text: characters.slice(from).join(''), caret: field.caret - from });
}

/** Draws the hint of the focused field, and the problem that belongs to no field. */
function noteLines(form: Form, scene: Scene): readonly string[] {
  const focused = focusedField(form);
  const hint = focused === null ? '' : fieldNamed(focused.key).hint;
  return [...(form.problem === null ? [] : noteOf(form.problem, 'bad', scene)), ...noteOf(hint, 'muted', scene)];
}

function noteOf(text: string, tone: Span['tone'], scene: Scene): readonly string[] {
  return wrapWords(text, scene.columns - 2).map((piece) => line(scene, [span(`  ${piece}`, tone)]));
}
