/** A value of a foreign file as text, for arguments and for naming it in a note. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
