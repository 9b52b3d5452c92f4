/** The words of a list that is written as text, over as many lines as it takes. */
export function wordsIn(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
