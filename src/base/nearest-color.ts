import type { ColorLevel } from './color-support.ts';

type Rgb = readonly [red: number, green: number, blue: number];

/** The default palette of xterm; users change it, so it only decides which of the 16 colors is meant. */
const SIXTEEN: readonly Rgb[] = [
  [0, 0, 0],
  [205, 0, 0],
  [0, 205, 0],
  [205, 205, 0],
  [0, 0, 238],
  [205, 0, 205],
  [0, 205, 205],
  [229, 229, 229],
  [127, 127, 127],
  [255, 0, 0],
  [0, 255, 0],
  [255, 255, 0],
  [92, 92, 255],
  [255, 0, 255],
  [0, 255, 255],
  [255, 255, 255],
];
/** The steps of the color cube of xterm, 16 to 231; grays follow up to 255. */
const CUBE = [0, 95, 135, 175, 215, 255] as const;
const FIRST_GRAY = 232;
const GRAY_SPREAD = 48;

/** Returns the color that a terminal of this level shows instead: the same one, or the nearest. */
export function nearestColor(color: string, level: ColorLevel): string {
  const isExtended = color.startsWith('38;');
  if (!isExtended || level === 'truecolor' || (level === '256' && color.startsWith('38;5'))) return color;
  const rgb = rgbOf(color);
  if (level === '256') return `38;5;${String(nearest(rgb, paletteColors(), 16))}`;
  const index = nearest(rgb, SIXTEEN, 0);
  return String(index < 8 ? 30 + index : 82 + index);
}

/** Returns whether a color is black, white or between: such text is unreadable on one kind of background. */
export function isGray(color: string): boolean {
  const rgb = rgbOf(color);
  return Math.max(...rgb) - Math.min(...rgb) < GRAY_SPREAD;
}

/** Returns how bright a color is, from 0 to 1 (ITU-R BT.709). */
export function brightnessOf(color: string): number {
  const [red, green, blue] = rgbOf(color);
  return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
}

/** @param color parameters of Select Graphic Rendition, such as "31", "38;5;208" or "38;2;255;128;0" */
function rgbOf(color: string): Rgb {
  const [code = 0, kind = 0, first = 0, green = 0, blue = 0] = color.split(';').map(Number);
  if (code !== 38) return SIXTEEN[code >= 90 ? code - 82 : code - 30] ?? [0, 0, 0];
  return kind === 2 ? [first, green, blue] : indexed(first);
}

function indexed(index: number): Rgb {
  if (index < 16) return SIXTEEN[index] ?? [0, 0, 0];
  if (index >= FIRST_GRAY) {
    const gray = 8 + 10 * (index - FIRST_GRAY);
    return [gray, gray, gray];
  }
  const step = (divisor: number): number => CUBE[Math.floor((index - 16) / divisor) % 6] ?? 0;
  return [step(36), step(6), step(1)];
}

let palette: readonly Rgb[] | undefined;

function paletteColors(): readonly Rgb[] {
  palette ??= Array.from({ length: 240 }, (_, index) => indexed(index + 16));
  return palette;
}

function nearest([red, green, blue]: Rgb, colors: readonly Rgb[], offset: number): number {
  let best = 0;
  let distance = Infinity;
  for (const [index, [r, g, b]] of colors.entries()) {
    const next = (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2;
    if (next >= distance) continue;
    distance = next;
    best = index;
  }
  return best + offset;
}
