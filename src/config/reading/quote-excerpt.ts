const SHOWN_CHARACTERS = 40;

/** Quotes a user's text for a message, truncated to 40 characters. */
export function quoteExcerpt(text: string): string {
  return text.length <= SHOWN_CHARACTERS ? `"${text}"` : `"${text.slice(0, SHOWN_CHARACTERS)}…"`;
}
