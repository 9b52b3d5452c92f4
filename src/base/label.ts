/** The most labels of one thing. */
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
