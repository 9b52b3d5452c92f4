/** Returns the words of a text, separated by spaces or line breaks. */
export function wordsIn(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
