import type { Glyphs } from '../style/glyphs.ts';
import { type Span, span } from '../style/scene.ts';
import { toneOfUse } from '../style/use-tone.ts';
import type { Tone } from '../style/theme.ts';

/** The width of the bar. */
const BAR_WIDTH = 5;
/** The space in front of a percentage, and the percentage. */
const SHARE_WIDTH = 5;
/** The room that figures have beside a bar, so that the bars of all programs are below each other. */
const LEAST_FIGURES = 9;
/** From this size on, memory is shown in GB. */
const GIGABYTES_FROM_MB = 10_000;

/** Draws CPU usage against its limit, such as `30/60% ▇▇▇▁▁`, exactly as wide as the column. */
export function cpuGauge(value: number | null, limit: number | null, width: number, glyphs: Glyphs): readonly Span[] {
  const used = value === null ? '' : value < 10 ? value.toFixed(1) : String(Math.round(value));
  const text = limit === null ? used : `${used === '' ? '-' : used}/${String(Math.round(limit))}`;
  return gauge({ text: text === '' ? '' : `${text}%`, used: `${used}%`, value, limit }, width, glyphs);
}

/** Draws memory usage against its limit, such as `328/400M ▇▇▇▇▁  82%`, exactly as wide as the column. */
export function memoryGauge(
  value: number | null,
  limit: number | null,
  width: number,
  glyphs: Glyphs,
): readonly Span[] {
  const inGigabytes = Math.max(value ?? 0, limit ?? 0) >= GIGABYTES_FROM_MB;
  const format = (mb: number): string =>
    inGigabytes ? (mb / 1024).toFixed(1) : mb < 10 ? mb.toFixed(1) : mb.toFixed();
  const unit = inGigabytes ? 'G' : 'M';
  const used = value === null ? '' : format(value);
  const text = limit === null ? used : `${used === '' ? '-' : used}/${inGigabytes ? format(limit) : limit.toFixed()}`;
  return gauge({ text: text === '' ? '' : text + unit, used: used + unit, value, limit }, width, glyphs);
}

interface Usage {
  readonly text: string;
  /** The text without the limit, for a column that is too narrow. */
  readonly used: string;
  readonly value: number | null;
  readonly limit: number | null;
}

/** Draws the figures, a bar if there is room for it, and the share of the limit if there is room for that too. */
function gauge({ text, used, value, limit }: Usage, width: number, glyphs: Glyphs): readonly Span[] {
  const tone = toneOfUse(value, limit, 'plain');
  const hasBar = width >= BAR_WIDTH + 1 + text.length && width >= BAR_WIDTH + LEAST_FIGURES;
  const hasShare = width >= BAR_WIDTH + SHARE_WIDTH + 1 + Math.max(text.length, LEAST_FIGURES);
  const room = width - (hasBar ? BAR_WIDTH + 1 : 0) - (hasShare ? SHARE_WIDTH : 0);
  const fitting = text.length <= room ? text : used;
  const figures = span(fitting.padStart(room).slice(0, room), tone);
  if (!hasBar) return [figures];
  const share = value === null || limit === null || limit <= 0 ? null : value / limit;
  return [
    figures,
    span(' '),
    ...barSpans(share, tone, glyphs),
    ...(hasShare
      ? [span((share === null ? '' : `${String(Math.round(share * 100))}%`).padStart(SHARE_WIDTH), tone)]
      : []),
  ];
}

function barSpans(share: number | null, tone: Tone, { gaugeFull, gaugeEmpty }: Glyphs): readonly Span[] {
  if (share === null) return [span(' '.repeat(BAR_WIDTH))];
  const filled = Math.min(BAR_WIDTH, share > 0 ? Math.max(1, Math.floor(share * BAR_WIDTH)) : 0);
  return [
    span(gaugeFull.repeat(filled), tone === 'plain' ? 'good' : tone),
    span(gaugeEmpty.repeat(BAR_WIDTH - filled), 'muted'),
  ];
}
