import { coarseDuration, oneDecimal } from '../text/figures.ts';
import { toneOfStatus, statusText } from '../text/program-status.ts';
import { findRow } from '../store/selectors.ts';
import type { Samples, State, UsageSpan } from '../state/state.ts';
import { toneOfUse } from '../style/use-tone.ts';
import { chart, peakOf, resample } from '../text/graphs.ts';
import { fillHeight, line } from '../text/line.ts';
import { type Scene, type Span, span } from '../style/scene.ts';

/** Which program this is, how it is, and why. */
export function titleLines(state: State, scene: Scene): readonly string[] {
  if (state.view.kind !== 'program') return fillHeight(scene, []);
  const row = findRow(state, state.view.id);
  if (row === null)
    return [line(scene, [span(` ${state.view.id}`, 'strong'), span(' is known no longer: Esc leads back', 'bad')])];
  const uptime = row.startedAt === null ? '' : `  up ${coarseDuration(state.nowMs - Date.parse(row.startedAt))}`;
  return [
    line(scene, [
      span(` ${row.name}`, 'strong'),
      span('  '),
      span(statusText(row, scene.glyphs, state.nowMs), toneOfStatus(row)),
      span(uptime),
      span(`  ${row.why}`, 'muted'),
    ]),
  ];
}

interface ChartFacts {
  readonly label: string;
  readonly unit: string;
  readonly value: number | null;
  readonly limit: number | null;
  readonly samples: Samples;
  /** What the width of the chart is. */
  readonly span: string;
}

const LABEL_WIDTH = 26;
const SPAN_NAMES: Readonly<Record<UsageSpan, string>> = { '15m': 'last 15 min', '24h': 'last 24 h' };

/** CPU and memory against their limits: full height is the limit, or the peak where there is none or it is above. */
export function chartLines(state: State, scene: Scene): readonly string[] {
  const row = state.view.kind === 'program' ? findRow(state, state.view.id) : null;
  if (row === null || scene.height < 2) return fillHeight(scene, []);
  const usage = state.usage?.id === row.id ? state.usage : null;
  const { limits } = row;
  const cpu = {
    label: 'CPU',
    unit: '%',
    value: row.cpuPercent,
    limit: limits.cpuPercent,
    samples: usage?.cpuPercent ?? [],
    span: SPAN_NAMES[state.span],
  };
  const memory = {
    label: 'Mem',
    unit: ' MB',
    value: row.memoryMb,
    limit: limits.memoryMb,
    samples: usage?.memoryMb ?? [],
    span: '',
  };
  const height = Math.floor(scene.height / 2);
  return fillHeight(scene, [...oneChart(cpu, height, scene), ...oneChart(memory, height, scene)]);
}

function oneChart(facts: ChartFacts, height: number, scene: Scene): string[] {
  const width = Math.max(1, scene.columns - LABEL_WIDTH - 1);
  const values = resample(facts.samples, width);
  const highest = Math.max(facts.limit ?? 0, peakOf(values) ?? 0);
  const labels = labelLines(facts, height);
  const tone = toneOfUse(facts.value, facts.limit, 'info');
  // The line of the limit can be told from the top only where the values have risen above it.
  const limitLine = facts.limit === null || height < 3 ? -1 : lineOfValue(facts.limit, highest, height);
  return chart(scene.glyphs, values, height, highest).map((text, index) =>
    line(scene, [
      span((labels[index] ?? '').padEnd(LABEL_WIDTH)),
      ...(index === limitLine ? limitSpans(text, scene, tone) : [span(text, tone)]),
    ]),
  );
}

/** Which line of a chart, from the top, a value reaches into. */
function lineOfValue(value: number, highest: number, height: number): number {
  return highest <= 0 ? 0 : Math.max(0, height - Math.max(1, Math.ceil((value / highest) * height)));
}

/** The limit shows where no value hides it. */
function limitSpans(text: string, { glyphs }: Scene, tone: Span['tone']): Span[] {
  return text
    .split(/( +)/)
    .filter((piece) => piece !== '')
    .map((piece) => (piece.startsWith(' ') ? span(glyphs.limit.repeat(piece.length), 'muted') : span(piece, tone)));
}

function labelLines({ label, unit, value, limit, samples, span: name }: ChartFacts, height: number): string[] {
  const now = value === null ? '-' : `${oneDecimal(value)}${unit}`;
  const of = limit === null ? '' : ` of ${Math.round(limit)}${unit}`;
  const peak = peakOf(samples);
  const first = ` ${label} ${now}${of}`;
  if (height === 1) return [first];
  return [
    first,
    limit === null ? '     no limit' : '',
    peak === null ? '' : `     peak ${oneDecimal(peak)}${unit}`,
    name === '' ? '' : `     ${name}`,
  ].filter((text, index) => index === 0 || text !== '');
}
