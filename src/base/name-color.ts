/** Colors of the 16 that are readable on light and dark backgrounds, in Select Graphic Rendition parameters. */
const NAME_COLORS = [36, 33, 32, 35, 34, 31] as const;

/** Returns the color of a name, always the same one, to distinguish the lines of several programs. */
export function nameColor(name: string): number {
  let hash = 0;
  for (const character of name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  return NAME_COLORS[hash % NAME_COLORS.length] ?? NAME_COLORS[0];
}
