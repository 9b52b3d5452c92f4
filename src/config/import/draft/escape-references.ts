/** Doubles the dollars in a text, because healer.yaml expands `${NAME}`. */
export function escapeDollars(text: string): string {
  return text.replaceAll('$', '$$$$');
}

/** Doubles the dollars in all texts within a value. */
export function escapeReferences<T>(value: T): T {
  return mapTexts(value) as T;
}

function mapTexts(value: unknown): unknown {
  if (typeof value === 'string') return escapeDollars(value);
  if (Array.isArray(value)) return value.map(mapTexts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mapTexts(inner)]));
}
