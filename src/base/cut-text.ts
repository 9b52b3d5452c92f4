const MARK = '…';

/** Returns at most `maxChars` characters of a text. If it is cut, it ends with "…", and no character is split. */
export function cutText(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  return `${withoutHalf(text.slice(0, Math.max(0, maxChars - MARK.length)))}${MARK}`;
}

/** Removes the first half of a surrogate pair, or a joiner, at the end. */
function withoutHalf(text: string): string {
  return text.replace(/(?:[\ud800-\udbff]|\u200d|\ufe0f)+$/, '');
}
