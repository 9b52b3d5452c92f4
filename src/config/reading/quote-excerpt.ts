const SHOWN_CHARACTERS = 40;

/** Quotes what somebody wrote within a message, cut to what fits into one. */
export function quoteExcerpt(text: string): string {
  return text.length <= SHOWN_CHARACTERS ? `"${text}"` : `"${text.slice(0, SHOWN_CHARACTERS)}…"`;
}
