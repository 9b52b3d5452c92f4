/** Labels of a host: `role=web`. */
export type Labels = Readonly<Record<string, string>>;

/** The most labels of one host. */
export const MAX_LABELS = 32;

const KEY = /^[A-Za-z][A-Za-z0-9_.-]{0,62}$/;
const VALUE = /^[A-Za-z0-9][A-Za-z0-9_.:@/+-]{0,62}$/;

/** Returns whether a text can be the key of a label. */
export function isLabelKey(text: string): boolean {
  return KEY.test(text);
}

/** Returns whether a text can be the value of a label. */
export function isLabelValue(text: string): boolean {
  return VALUE.test(text);
}

/** Parses `role=web`; null if it is not a label. */
export function parseLabel(text: string): { readonly key: string; readonly value: string } | null {
  const at = text.indexOf('=');
  const [key, value] = [text.slice(0, at), text.slice(at + 1)];
  return at > 0 && isLabelKey(key) && isLabelValue(value) ? { key, value } : null;
}
