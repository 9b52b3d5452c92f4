import type { ChartSpan, ProgramUsage, Samples, State, UsageSpan } from './state.ts';

interface SpanFacts {
  /** The samples that it is drawn from, and how many of them. */
  readonly source: UsageSpan;
  readonly samples: number;
  readonly name: string;
}

/** The periods that charts can cover, from the shortest to the longest. */
const FACTS_OF: Readonly<Record<ChartSpan, SpanFacts>> = {
  '5m': { source: '15m', samples: 300, name: '5 min' },
  '15m': { source: '15m', samples: 900, name: '15 min' },
  '1h': { source: '24h', samples: 60, name: 'hour' },
  '24h': { source: '24h', samples: 1440, name: '24 h' },
};

const SPANS = Object.keys(FACTS_OF) as readonly ChartSpan[];

/** Returns the samples that the charts of a period are drawn from. */
export function sourceOf(span: ChartSpan): UsageSpan {
  return FACTS_OF[span].source;
}

/** Returns how many samples the engine keeps of a period. */
export function samplesOf(source: UsageSpan): number {
  return FACTS_OF[source].samples;
}

/** Returns the name of the period that the charts cover. */
export function spanName({ span, chartBack, usage }: Pick<State, 'span' | 'chartBack' | 'usage'>): string {
  const { name } = FACTS_OF[span];
  const minutes = Math.round((chartBack * (usage?.stepMs ?? 0)) / 60_000);
  if (minutes === 0) return `last ${name}`;
  return `${name} to -${minutes % 60 === 0 ? `${String(minutes / 60)} h` : `${String(minutes)} min`}`;
}

/** Returns the part of the samples that the charts cover. */
export function samplesInSpan(samples: Samples, { span, chartBack }: Pick<State, 'span' | 'chartBack'>): Samples {
  const end = samples.length - chartBack;
  return samples.slice(Math.max(0, end - FACTS_OF[span].samples), Math.max(0, end));
}

/** Zooms in (-1) or out (1), with the charts up to now; the same object at the last period. */
export function zoomCharts(state: State, step: 1 | -1): State {
  const span = SPANS[SPANS.indexOf(state.span) + step];
  return span === undefined ? state : withSpan(state, span);
}

/** Changes between the last minutes and the last day. */
export function toggleSpan(state: State): State {
  return withSpan(state, state.span === '24h' ? '15m' : '24h');
}

function withSpan(state: State, span: ChartSpan): State {
  return { ...state, span, chartBack: 0, usage: usageFor(state.usage, span) };
}

/** Keeps samples that the period can be drawn from; others are read again. */
function usageFor(usage: ProgramUsage | null, span: ChartSpan): ProgramUsage | null {
  return usage?.span === sourceOf(span) ? usage : null;
}

/** Moves the charts by half of their period to earlier (1) or later (-1) times. */
export function moveCharts(state: State, step: 1 | -1): State {
  const { samples, source } = FACTS_OF[state.span];
  const furthest = FACTS_OF[source].samples - samples;
  const chartBack = Math.max(0, Math.min(furthest, state.chartBack + (step * samples) / 2));
  return chartBack === state.chartBack ? state : { ...state, chartBack };
}
