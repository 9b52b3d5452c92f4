import { isExact, MEASURE_NAMES } from '../../protocol/memory-measure.ts';
import { coarseDuration, oneDecimal } from '../text/figures.ts';
import { PROCESS_STATES } from '../../protocol/process-state.ts';
import { toneOfState, toneOfStatus, statusText } from '../text/program-status.ts';
import { findRow, selectTargets } from '../store/selectors.ts';
import { samplesInSpan, spanName } from '../state/chart-span.ts';
import type { Samples, State } from '../state/state.ts';
import { toneOfUse } from '../style/use-tone.ts';
import { chart, peakOf, resample } from '../text/graphs.ts';
import { fillHeight, line } from '../text/line.ts';
import { type Scene, type Span, span } from '../style/scene.ts';
import { axisLine } from './axis-line.ts';

/** Draws the name of the opened program, its state, and the reason for it. */
export function titleLines(state: State, scene: Scene): readonly string[] {
  if (state.view.kind !== 'program') return fillHeight(scene, []);
  if (state.view.logOf.length > 1) return [line(scene, jointTitle(state))];
  const row = findRow(state, state.view.id);
  if (row === null)
    return [line(scene, [span(` ${state.view.id}`, 'strong'), span(' no longer exists (Esc: back)', 'bad')])];
  const uptime = row.startedAt === null ? '' : `  up ${coarseDuration(state.nowMs - Date.parse(row.startedAt))}`;
  return [
    line(scene, [
      span(` ${row.name}`, 'strong'),
      span('  '),
      span(statusText(row, scene.glyphs, state.nowMs), toneOfStatus(row)),
      span(uptime),
      span(row.stated === undefined ? '' : `  ${row.stated}`),
      span(`  ${row.why}`, 'muted'),
    ]),
  ];
}

/** Counts the programs whose log is open by their state, and says that keys act on all of them. */
function jointTitle(state: State): readonly Span[] {
  const rows = selectTargets(state).flatMap(({ id }) => findRow(state, id) ?? []);
  const counts = PROCESS_STATES.flatMap((name) => {
    const count = rows.filter((row) => row.state === name).length;
    return count === 0 ? [] : [span(`  ${String(count)} ${name}`, toneOfState(name))];
  });
  const sick = rows.filter(({ health }) => health === 'unhealthy').length;
  return [
    span(` ${String(rows.length)} programs`, 'strong'),
    ...counts,
    ...(sick === 0 ? [] : [span(`  ${String(sick)} unhealthy`, 'bad')]),
    span('  keys act on all of them', 'muted'),
  ];
}

interface ChartFacts {
  readonly label: string;
  readonly unit: string;
  /** How the value was measured, shown below it. */
  readonly note: string;
  readonly value: number | null;
  readonly limit: number | null;
  readonly samples: Samples;
  /** How many of them were added since they were read. */
  readonly added: number;
  /** The period that the chart covers. */
  readonly span: string;
  /** The least value of the top line. */
  readonly top: number;
}

const LABEL_WIDTH = 30;
/** The CPU and the part of the peak of memory that fill a chart at least, so that a little usage looks little. */
const LEAST_CPU_PERCENT = 25;
const MEMORY_HEADROOM = 1.25;

/** Draws CPU and memory. The full height is the limit, or the peak if that is higher or there is no limit. */
export function chartLines(state: State, scene: Scene): readonly string[] {
  const row = state.view.kind === 'program' ? findRow(state, state.view.id) : null;
  if (row === null || scene.height < 2) return fillHeight(scene, []);
  const usage = state.usage?.id === row.id ? state.usage : null;
  const { limits } = row;
  const added = state.chartBack === 0 ? (usage?.added ?? 0) : 0;
  const cpu = {
    label: 'CPU',
    unit: '%',
    note: '',
    value: row.cpuPercent,
    limit: limits.cpuPercent,
    samples: samplesInSpan(usage?.cpuPercent ?? [], state),
    added,
    span: spanName(state),
    top: limits.cpuPercent === null ? LEAST_CPU_PERCENT : 0,
  };
  const memory = {
    label: 'Mem',
    unit: ' MB',
    note: isExact(row.memoryMeasure) ? `measured as ${MEASURE_NAMES[row.memoryMeasure]}` : '',
    value: row.memoryMb,
    limit: limits.memoryMb,
    samples: samplesInSpan(usage?.memoryMb ?? [], state),
    added,
    span: '',
    top: limits.memoryMb === null ? MEMORY_HEADROOM * (peakOf(usage?.memoryMb ?? []) ?? 0) : 0,
  };
  const height = Math.floor(scene.height / 2);
  const charts = [...oneChart(cpu, height, scene), ...oneChart(memory, height, scene)];
  const hasAxis = scene.height > 2 * height && usage !== null;
  return fillHeight(scene, hasAxis ? [...charts, axisLine(state, usage, LABEL_WIDTH, scene)] : charts);
}

function oneChart(facts: ChartFacts, height: number, scene: Scene): string[] {
  const width = Math.max(1, scene.columns - LABEL_WIDTH - 1);
  const values = resample(facts.samples, width, facts.added);
  const highest = Math.max(facts.limit ?? 0, facts.top, peakOf(values) ?? 0);
  const labels = labelLines(facts, height);
  const tone = toneOfUse(facts.value, facts.limit, 'info');
  // If no value is above the limit, the limit is the top line.
  const limitLine = facts.limit === null || height < 3 ? -1 : lineOfValue(facts.limit, highest, height);
  return chart(scene.glyphs, values, height, highest).map((text, index) =>
    line(scene, [
      span((labels[index] ?? '').slice(0, LABEL_WIDTH - SCALE_WIDTH).padEnd(LABEL_WIDTH - SCALE_WIDTH)),
      span(scaleText(index, highest, height, facts.unit, scene), 'muted'),
      ...(index === limitLine ? limitSpans(text, scene, tone) : [span(text, tone)]),
    ]),
  );
}

/** The value of the top line, and zero at the bottom one. */
const SCALE_WIDTH = 7;

function scaleText(index: number, highest: number, height: number, unit: string, { glyphs }: Scene): string {
  if (height < 3 || highest <= 0) return ' '.repeat(SCALE_WIDTH);
  const value =
    index === 0 ? `${String(Math.round(highest))}${unit.trim().slice(0, 1)}` : index === height - 1 ? '0' : '';
  return `${value.padStart(SCALE_WIDTH - 2)} ${value === '' ? glyphs.side : glyphs.tick}`;
}

/** Returns the line of a chart that a value reaches, counted from the top. */
function lineOfValue(value: number, highest: number, height: number): number {
  return highest <= 0 ? 0 : Math.max(0, height - Math.max(1, Math.ceil((value / highest) * height)));
}

/** Draws the limit where no value covers it. */
function limitSpans(text: string, { glyphs }: Scene, tone: Span['tone']): Span[] {
  return text
    .split(/( +)/)
    .filter((piece) => piece !== '')
    .map((piece) => (piece.startsWith(' ') ? span(glyphs.limit.repeat(piece.length), 'muted') : span(piece, tone)));
}

function labelLines({ label, unit, note, value, limit, samples, span: name }: ChartFacts, height: number): string[] {
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
    note === '' ? '' : `     ${note}`,
  ].filter((text, index) => index === 0 || text !== '');
}
