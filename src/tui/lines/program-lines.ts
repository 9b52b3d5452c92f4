import { coarseDuration, oneDecimal } from './figures.ts';
import { toneOfStatus, statusText } from '../program-status.ts';
import { findRow } from '../store/selectors.ts';
import type { Samples, State } from '../store/state.ts';
import { toneOfUse } from '../use-tone.ts';
import { chart, peakOf, resample } from './graphs.ts';
import { fillHeight, line } from './line.ts';
import { type Scene, span } from './scene.ts';

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
}

const LABEL_WIDTH = 26;

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
  };
  const memory = {
    label: 'Mem',
    unit: ' MB',
    value: row.memoryMb,
    limit: limits.memoryMb,
    samples: usage?.memoryMb ?? [],
  };
  const height = Math.floor(scene.height / 2);
  return fillHeight(scene, [...oneChart(cpu, height, scene), ...oneChart(memory, height, scene)]);
}

function oneChart(facts: ChartFacts, height: number, scene: Scene): string[] {
  const values = resample(facts.samples, Math.max(1, scene.columns - LABEL_WIDTH - 1));
  const highest = Math.max(facts.limit ?? 0, peakOf(values) ?? 0);
  const labels = labelLines(facts, height);
  const tone = toneOfUse(facts.value, facts.limit, 'info');
  return chart(scene.glyphs, values, height, highest).map((text, index) =>
    line(scene, [span((labels[index] ?? '').padEnd(LABEL_WIDTH)), span(text, tone)]),
  );
}

function labelLines({ label, unit, value, limit, samples }: ChartFacts, height: number): string[] {
  const now = value === null ? '-' : `${oneDecimal(value)}${unit}`;
  const of = limit === null ? '' : ` of ${Math.round(limit)}${unit}`;
  const peak = peakOf(samples);
  const first = ` ${label} ${now}${of}`;
  if (height === 1) return [first];
  return [first, limit === null ? '     no limit' : '', peak === null ? '' : `     peak ${oneDecimal(peak)}${unit}`];
}
