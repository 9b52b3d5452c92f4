import { cutText, widthOfText } from './narrow-text.ts';

/** Splits text into pieces of at most `columns`, at any character, because logs are not prose. Returns at least one. */
export function wrapText(text: string, columns: number): string[] {
  const pieces: string[] = [];
  let rest = text;
  do {
    // A character that is wider than `columns` is taken anyway, or the loop would not end.
    const piece = cutText(rest, columns, '') || firstCharacter(rest);
    pieces.push(piece);
    rest = rest.slice(piece.length);
  } while (rest !== '');
  return pieces;
}

function firstCharacter(text: string): string {
  return text.slice(0, String.fromCodePoint(text.codePointAt(0) ?? 0).length);
}

/** Splits prose into lines between words. A word that is longer than a line is split at its end. */
export function wrapWords(text: string, columns: number): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(' ')) {
    const joined = current === '' ? word : `${current} ${word}`;
    if (widthOfText(joined) <= columns) {
      current = joined;
      continue;
    }
    if (current !== '') lines.push(current);
    const pieces = wrapText(word, columns);
    current = pieces.pop() ?? '';
    lines.push(...pieces);
  }
  return [...lines, current];
}
