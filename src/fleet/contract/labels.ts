import { isLabelKey, isLabelValue } from '../../base/label.ts';

/** Labels of a host: `role=web`. */
export type Labels = Readonly<Record<string, string>>;

/** Parses `role=web`; null if it is not a label. */
export function parseLabel(text: string): { readonly key: string; readonly value: string } | null {
  const at = text.indexOf('=');
  const [key, value] = [text.slice(0, at), text.slice(at + 1)];
  return at > 0 && isLabelKey(key) && isLabelValue(value) ? { key, value } : null;
}
