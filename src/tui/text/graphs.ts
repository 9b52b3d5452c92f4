import type { Glyphs } from '../style/glyphs.ts';
import type { Samples } from '../state/state.ts';

/** Draws a gauge of `width` columns, filled to a fraction from 0 to 1. */
export function bar(glyphs: Glyphs, fraction: number | null, width: number): string {
  const filled = Math.round(Math.max(0, Math.min(1, fraction ?? 0)) * width);
  return glyphs.barFull.repeat(filled) + glyphs.barEmpty.repeat(width - filled);
}

/** Draws the newest samples on one line, the newest at the right. A value above zero is always visible. */
export function sparkline(glyphs: Glyphs, samples: Samples, width: number, highest: number): string {
  return samples
    .slice(-width)
    .map((value) => glyphs.spark[sparkLevel(value, highest, glyphs.spark.length - 1)] ?? ' ')
    .join('')
    .padStart(width);
}

/** A line is flat if its values differ by less than this share of the highest one. */
const FLAT_SHARE = 0.1;

/** Draws the newest samples between their lowest and highest value, so that slow growth is visible. */
export function shapeline(glyphs: Glyphs, samples: Samples, width: number): string {
  const shown = samples.slice(-width);
  const highest = peakOf(shown) ?? 0;
  const lowest = shown.reduce<number>((least, value) => (value === null ? least : Math.min(least, value)), highest);
  const range = Math.max(highest - lowest, highest * FLAT_SHARE);
  const steps = glyphs.spark.length - 2;
  return shown
    .map((value) => {
      if (value === null || range <= 0) return ' ';
      return glyphs.spark[1 + Math.round(((value - lowest) / range) * steps)] ?? ' ';
    })
    .join('')
    .padStart(width);
}

function sparkLevel(value: number | null, highest: number, steps: number): number {
  if (value === null || value <= 0 || highest <= 0) return 0;
  return Math.max(1, Math.min(steps, Math.round((value / highest) * steps)));
}

/** Draws a chart of `height` lines, the top line first, with a column for each value. */
export function chart(glyphs: Glyphs, values: Samples, height: number, highest: number): string[] {
  const steps = glyphs.spark.length - 1;
  const levels = values.map((value) => sparkLevel(value, highest, steps * height));
  return Array.from({ length: height }, (_, index) => {
    const floor = (height - 1 - index) * steps;
    return levels.map((level) => glyphs.spark[Math.max(0, Math.min(steps, level - floor))] ?? ' ').join('');
  });
}

/**
 * Reduces samples to one value for each column, the newest at the right; each is the peak of its samples. `added` is how
 * many samples were added so far: a column keeps its samples until it moves, so that the chart changes seldom.
 */
export function resample(samples: Samples, columns: number, added = 0): Samples {
  const perColumn = Math.max(1, Math.ceil(samples.length / columns));
  // The samples that the newest column still lacks.
  const lacking = (perColumn - (added % perColumn)) % perColumn;
  const used = Math.min(columns, Math.ceil((samples.length + lacking) / perColumn));
  const offset = samples.length + lacking - used * perColumn;
  const peaks = Array.from({ length: used }, (_, column) => {
    const start = offset + column * perColumn;
    return peakOf(samples.slice(Math.max(0, start), start + perColumn));
  });
  return [...Array<null>(Math.max(0, columns - used)).fill(null), ...peaks];
}

/** Returns the highest sample; null if nothing was measured. */
export function peakOf(samples: Samples): number | null {
  return samples.reduce((peak, value) => (value === null ? peak : Math.max(peak ?? value, value)), null);
}
