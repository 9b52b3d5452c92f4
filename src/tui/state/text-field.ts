import { sanitizeText } from '../../base/sanitize-text.ts';

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

/** Created when first needed, because it would delay the first frame. */
let segmenter: Intl.Segmenter | undefined;

/** Splits text into the characters that people perceive, such as combined emoji. */
export function charactersOf(text: string): readonly string[] {
  segmenter ??= new Intl.Segmenter();
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

function edited(before: readonly string[], after: readonly string[]): TextField {
  const head = before.join('');
  return { text: head + after.join(''), caret: charactersOf(head).length };
}

function parts({ text, caret }: TextField): readonly [before: readonly string[], after: readonly string[]] {
  const characters = charactersOf(text);
  return [characters.slice(0, caret), characters.slice(caret)];
}

/** Returns the beginning of what is typed that still fits into a field of `limit` characters. */
export function fitTyped({ text }: TextField, typed: string, limit: number): string {
  return charactersOf(typed)
    .slice(0, Math.max(0, limit - charactersOf(text).length))
    .join('');
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
    return edited([before.join('').replace(/\S*\s*$/, '')], after);
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
