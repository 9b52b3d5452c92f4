import type { EngineEvent } from '../../protocol/engine-event.ts';
import { meaningOf } from '../../protocol/event-kinds.ts';
import { samplesInSpan } from '../state/chart-span.ts';
import type { ProgramUsage, State } from '../state/state.ts';
import { type Scene, type Span, span } from '../style/scene.ts';
import { line } from '../text/line.ts';

const MINUTE_MS = 60_000;
/** The distance of the times on the axis: the first one that leaves room between them. */
const STEPS_MS = [1, 5, 15, 60, 180, 360].map((minutes) => minutes * MINUTE_MS);
const LEAST_DISTANCE = 9;

/** Draws the time axis below the charts, from the left edge to the end of the period, with a mark for each restart and each anomaly. */
export function axisLine(state: State, usage: ProgramUsage, indent: number, scene: Scene): string {
  const width = Math.max(1, scene.columns - indent - 1);
  const perColumn = Math.max(1, Math.ceil(samplesInSpan(usage.cpuPercent, state).length / width)) * usage.stepMs;
  const endMs = state.chartBack * usage.stepMs;
  const cells: Span[] = Array.from({ length: width }, () => span(scene.glyphs.rule, 'muted'));
  const write = (column: number, text: string, tone: Span['tone']): void => {
    if (column < 0 || column + text.length > width) return;
    for (const [index, character] of Array.from(text).entries()) cells[column + index] = span(character, tone);
  };
  const columnOf = (ageMs: number): number => width - 1 - Math.round((ageMs - endMs) / perColumn);
  for (const event of state.events) {
    const mark = event.process === usage.id ? markOf(event, scene) : null;
    if (mark !== null) write(columnOf(state.nowMs - Date.parse(event.time)), mark.text, mark.tone);
  }
  // A time gives way to a mark.
  const writeTime = (column: number, text: string): void => {
    const isFree = cells
      .slice(Math.max(0, column), column + text.length)
      .every((cell) => cell.text === scene.glyphs.rule);
    if (isFree) write(column, text, 'muted');
  };
  const stepMs = STEPS_MS.find((step) => step / perColumn >= LEAST_DISTANCE) ?? 720 * MINUTE_MS;
  for (let ageMs = Math.ceil((endMs + 1) / stepMs) * stepMs; columnOf(ageMs) >= 0; ageMs += stepMs)
    writeTime(columnOf(ageMs), ageText(ageMs));
  if (endMs === 0) writeTime(width - 3, 'now');
  return line(scene, [span(' '.repeat(indent)), ...cells]);
}

function ageText(ageMs: number): string {
  const minutes = ageMs / MINUTE_MS;
  return minutes % 60 === 0 ? `-${String(minutes / 60)}h` : `-${String(minutes)}m`;
}

function markOf({ kind }: EngineEvent, { glyphs }: Scene): Span | null {
  if (kind === 'restarted' || kind === 'started') return span(glyphs.restart, 'info');
  return meaningOf(kind).is === 'anomaly' ? span(glyphs.warning, 'busy') : null;
}
