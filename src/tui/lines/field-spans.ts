import type { TextField } from '../state/text-field.ts';
import { charactersOf } from '../../base/characters.ts';
import { type Span, span } from '../style/scene.ts';

/** Draws a text field, with the character at the caret inverted. */
export function fieldSpans({ text, caret }: TextField): readonly Span[] {
  const characters = charactersOf(text);
  return [
    span(characters.slice(0, caret).join('')),
    span(characters[caret] ?? ' ', 'caret'),
    span(characters.slice(caret + 1).join('')),
  ];
}
