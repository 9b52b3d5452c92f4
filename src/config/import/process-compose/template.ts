import type { Fields } from '../draft/plain-values.ts';
import { textOf } from '../draft/text-of.ts';

interface Filled {
  readonly text: string;
  /** The first template that is more than a known variable; null if there is none. */
  readonly unknown: string | null;
}

/** Replaces `{{.NAME}}`, a variable in a template of Go, by its value. Nested names are separated by dots. */
export function fillTemplate(text: string, vars: Fields): Filled {
  let unknown: string | null = null;
  const filled = text.replace(/\{\{[^{}]*\}\}/g, (whole) => {
    const path = /^\{\{-?\s*\.([\w.]+)\s*-?\}\}$/.exec(whole)?.[1]?.split('.') ?? [];
    const value = path.length === 0 ? undefined : path.reduce<unknown>(inside, vars);
    if (value === undefined || typeof value === 'object') unknown ??= whole;
    return value === undefined ? whole : textOf(value);
  });
  return { text: filled, unknown };
}

function inside(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Fields)[name]
    : undefined;
}
