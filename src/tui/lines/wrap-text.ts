import { cutText } from './narrow-text.ts';

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
