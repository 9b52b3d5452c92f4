/** Created when first needed, because it would delay the first frame. */
let segmenter: Intl.Segmenter | undefined;

/** Characters of one UTF-16 unit that nothing but a following mark combines with. */
const SIMPLE =
  '[\\x20-\\x7e\\xa0-\\u02ff\\u0370-\\u0482\\u048a-\\u0590\\u3041-\\u3096\\u30a1-\\u30fa\\u4e00-\\u9fff\\uac00-\\ud7a3]';
/** A simple character before another one, or everything up to the next of them. */
const PIECES = new RegExp(`${SIMPLE}(?=${SIMPLE}|$)|(?:(?!${SIMPLE}(?:${SIMPLE}|$))[^])+`, 'g');

/**
 * Splits text into the characters that people perceive, such as combined emoji. Only what may combine is given to
 * `Intl.Segmenter`, which takes 60 ms for 4,000 characters.
 */
export function charactersOf(text: string): readonly string[] {
  return (text.match(PIECES) ?? []).flatMap((piece) => (piece.length === 1 ? [piece] : segmentsOf(piece)));
}

function segmentsOf(piece: string): readonly string[] {
  segmenter ??= new Intl.Segmenter();
  return Array.from(segmenter.segment(piece), ({ segment }) => segment);
}
