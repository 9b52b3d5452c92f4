/** healer.yaml expands `${NAME}`; a dollar that is meant as it stands is doubled. */
export function escapeDollars(text: string): string {
  return text.replaceAll('$', '$$$$');
}

/** Doubles the dollars of all texts within a value. */
export function escapeReferences<T>(value: T): T {
  return mapTexts(value) as T;
}

function mapTexts(value: unknown): unknown {
  if (typeof value === 'string') return escapeDollars(value);
  if (Array.isArray(value)) return value.map(mapTexts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mapTexts(inner)]));
}
