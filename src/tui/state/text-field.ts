import { sanitizeText } from '../../base/sanitize-text.ts';
import { charactersOf } from '../../base/characters.ts';

/** A line of text that is being typed. `caret` is the index of the character that the caret is on. */
export interface TextField {
  readonly text: string;
  readonly caret: number;
}

/** Changes a field; `typed` is the text of the key. */
export type TextEdit = (field: TextField, typed: string) => TextField;

/** Creates a field with the caret at the end. */
export function textField(text = ''): TextField {
  return { text, caret: charactersOf(text).length };
}

function edited(before: readonly string[], after: readonly string[]): TextField {
  const head = before.join('');
  return { text: head + after.join(''), caret: charactersOf(head).length };
}

function parts({ text, caret }: TextField): readonly [before: readonly string[], after: readonly string[]] {
  const characters = charactersOf(text);
  return [characters.slice(0, caret), characters.slice(caret)];
}

/**
 * Returns the beginning of what is typed that still fits into a field of `limit` UTF-16 units, which most characters take
 * one of. It ends between two characters.
 */
export function fitTyped({ text }: TextField, typed: string, limit: number): string {
  const room = Math.max(0, limit - text.length);
  if (typed.length <= room) return typed;
  // The last character may have been cut.
  return charactersOf(typed.slice(0, room + 1))
    .slice(0, -1)
    .join('');
}

/** Removes the last word and the blanks after it. */
function withoutLastWord(text: string): string {
  const end = text.trimEnd();
  let start = end.length;
  while (start > 0 && end.charAt(start - 1).trim() !== '') start -= 1;
  return end.slice(0, start);
}

/** The effects of keys on a field. Typed or pasted text is made safe to show, on one line. */
export const TEXT_EDITS = {
  type: (field, typed) => {
    const [before, after] = parts(field);
    return edited([...before, sanitizeText(typed)], after);
  },
  eraseCharacter: (field) => {
    const [before, after] = parts(field);
    return edited(before.slice(0, -1), after);
  },
  eraseNext: (field) => {
    const [before, after] = parts(field);
    return edited(before, after.slice(1));
  },
  eraseWord: (field) => {
    const [before, after] = parts(field);
    return edited([withoutLastWord(before.join(''))], after);
  },
  eraseText: (field) => edited([], parts(field)[1]),
  eraseRest: (field) => edited(parts(field)[0], []),
  caretLeft: (field) => ({ ...field, caret: Math.max(0, field.caret - 1) }),
  caretRight: (field) => ({ ...field, caret: Math.min(charactersOf(field.text).length, field.caret + 1) }),
  caretStart: (field) => ({ ...field, caret: 0 }),
  caretEnd: ({ text }) => textField(text),
} satisfies Record<string, TextEdit>;

/** The name of an edit. */
export type TextEditName = keyof typeof TEXT_EDITS;
