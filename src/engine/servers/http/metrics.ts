import { Counter, Gauge, Registry } from 'prom-client';
import { type Figure, type FigureFacts, figuresOf, type FigureUnit } from '../../../policy/figures.ts';

/** Returns the current values that metrics are computed from. */
export type MetricsSource = () => FigureFacts;

/** The suffixes that Prometheus recommends (https://prometheus.io/docs/practices/naming). */
const SUFFIXES: Readonly<Record<FigureUnit, string>> = { '': '', s: '_seconds', By: '_bytes', '1': '_ratio' };

/** Returns all metrics in the text format of Prometheus. */
export async function describeMetrics(
  source: MetricsSource,
): Promise<{ readonly type: string; readonly text: string }> {
  const registry = new Registry();
  for (const figure of figuresOf(source())) addFigure(registry, figure);
  return { type: registry.contentType, text: await registry.metrics() };
}

function addFigure(registry: Registry, { name, kind, unit, help, points }: Figure): void {
  const [first] = points;
  if (first === undefined) return;
  const end = kind === 'counter' ? '_total' : '';
  const options = {
    name: `${name.replaceAll('.', '_')}${SUFFIXES[unit]}${end}`,
    help,
    labelNames: Object.keys(first.labels),
    registers: [registry],
  };
  if (kind === 'counter') {
    const counter = new Counter(options);
    for (const { labels, value } of points) counter.inc(labels, value);
  } else {
    const gauge = new Gauge(options);
    for (const { labels, value } of points) gauge.set(labels, value);
  }
}
