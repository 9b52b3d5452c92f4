import { sanitizeText } from '../../base/sanitize-text.ts';

/** Formats the data of an event on one line: `code=3 signal=SIGSEGV`. Nested values are shown as JSON. */
export function dataText(data: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(data).flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [`${name}=${valueText(value)}`],
  );
  return sanitizeText(parts.join('  '));
}

function valueText(value: unknown): string {
  if (typeof value === 'number') return String(Math.round(value * 1000) / 1000);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
