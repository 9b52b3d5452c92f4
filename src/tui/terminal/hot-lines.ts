/**
 * The parts of the screen that change with every sample. Ink lays out a whole frame for each change, which costs
 * 25-60 ms at 200x50; so React places stand-ins for these lines, once, and the lines themselves are put in their place
 * when a frame is painted.
 */
export const HOT_REGIONS = [
  'header',
  'table',
  'tail',
  'title',
  'details',
  'charts',
  'log',
  'cooldowns',
  'records',
  'form',
  'dialog',
] as const;

export type HotRegion = (typeof HOT_REGIONS)[number];

/** The lines of a region, exactly as they go to the terminal. */
export type HotLines = (region: HotRegion) => readonly string[];

/** Private-use characters (U+E000-U+F8FF): text of others is cleaned of them before it gets here. */
const FIRST_STAND_IN = 0xe000;
const LINES_PER_REGION = 512;
const LAST_STAND_IN = FIRST_STAND_IN + HOT_REGIONS.length * LINES_PER_REGION - 1;

/** What React renders in place of a hot line; it has to be the first character of its line. */
export function standIn(region: HotRegion, line: number): string {
  return String.fromCharCode(FIRST_STAND_IN + HOT_REGIONS.indexOf(region) * LINES_PER_REGION + line);
}

/** Puts the hot lines into a frame. Each region is asked at most once, and only when the frame has it. */
export function fillHotLines(frame: readonly string[], hotLines: HotLines): string[] {
  const asked = new Map<HotRegion, readonly string[]>();
  return frame.map((line) => {
    const code = line.charCodeAt(0);
    if (!(code >= FIRST_STAND_IN && code <= LAST_STAND_IN)) return line;
    const index = code - FIRST_STAND_IN;
    const region = HOT_REGIONS[Math.floor(index / LINES_PER_REGION)];
    if (region === undefined) return '';
    const lines = asked.get(region) ?? hotLines(region);
    asked.set(region, lines);
    return lines[index % LINES_PER_REGION] ?? '';
  });
}
