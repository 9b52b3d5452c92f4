/** Returns a value of an imported file as text, for arguments and notes; an empty text when it is missing. */
export function textOf(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
