import { sanitizeText } from '../../base/sanitize-text.ts';

/** A line of text that is being typed. The caret stands before the character of its number. */
export interface TextField {
  readonly text: string;
  readonly caret: number;
}

export type TextEdit = (field: TextField, typed: string) => TextField;

/** The caret behind the text. */
export function textField(text = ''): TextField {
  return { text, caret: charactersOf(text).length };
}

/** Set up when first needed: it takes longer than a first frame may wait. */
let segmenter: Intl.Segmenter | undefined;

/** What people take for one character, combined emoji too. */
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

/** What keys do to a field. What is typed or pasted is made safe to be shown, on one line. */
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

export type TextEditName = keyof typeof TEXT_EDITS;
