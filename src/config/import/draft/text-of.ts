/** Returns a value of an imported file as text, for arguments and notes. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
