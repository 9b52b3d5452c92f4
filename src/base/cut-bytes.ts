const MARK = '…';

/** Returns at most `maxBytes` bytes of a text in UTF-8. If it is cut, it ends with "…", and no character is split. */
export function cutBytes(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  const kept = bytes.subarray(0, Math.max(0, maxBytes - Buffer.byteLength(MARK))).toString('utf8');
  // A character that was split is decoded as U+FFFD.
  return `${kept.replace(/\uFFFD$/, '')}${MARK}`;
}
