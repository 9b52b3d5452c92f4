import { cutText, widthOfText } from './narrow-text.ts';

/** Cuts text into pieces of at most `columns`, at any character: logs are data, not prose. Never empty. */
export function wrapText(text: string, columns: number): string[] {
  const pieces: string[] = [];
  let rest = text;
  do {
    // A character wider than the room is taken whole, or this would never end.
    const piece = cutText(rest, columns, '') || rest.slice(0, 2);
    pieces.push(piece);
    rest = rest.slice(piece.length);
  } while (rest !== '');
  return pieces;
}

/** Cuts prose between words; a word longer than a line is cut where the line ends. */
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
