import type { CooldownView, RestartRecord } from '../../protocol/results/cooldown-view.ts';
import { statusText, toneOfStatus } from '../text/program-status.ts';
import { type CooldownRow, selectCooldownRows, selectIsStale } from '../store/selectors.ts';
import type { State } from '../state/state.ts';
import { countdown } from '../text/figures.ts';
import { bar } from '../text/graphs.ts';
import { fillHeight, line, selectedLine } from '../text/line.ts';
import { fitText } from '../text/narrow-text.ts';
import { type Scene, type Span, span } from '../style/scene.ts';

const NAME_WIDTH = 20;
const STATUS_WIDTH = 16;
const COUNT_WIDTH = 9;
const REMAINING_WIDTH = 16;
const GAUGE_WIDTH = 10;
const SMALLEST_TIMELINE = 12;
/** The columns that fit on every screen; the timeline gets the remaining width. */
const FIXED_WIDTH = 2 + STATUS_WIDTH + COUNT_WIDTH;

interface Widths {
  readonly name: number;
  readonly rest: number;
  readonly timeline: number;
}

/** Draws how close each program is to a cooldown, and how much of a cooldown remains. */
export function cooldownLines(state: State, scene: Scene): readonly string[] {
  const widths = widthsFor(scene.columns);
  const rows = selectCooldownRows(state).slice(state.list.top, state.list.top + scene.height - 1);
  const lines = [headingLine(rows[0], widths, scene), ...rows.map((row) => rowLine(row, widths, state, scene))];
  const hasLegend = widths.timeline >= SMALLEST_TIMELINE && lines.length + 2 <= scene.height;
  const padding = Array<string>(Math.max(0, scene.height - lines.length - 1)).fill('');
  return fillHeight(scene, hasLegend ? [...lines, ...padding, legendLine(scene)] : lines);
}

function widthsFor(columns: number): Widths {
  const room = columns - FIXED_WIDTH;
  const name = Math.max(8, Math.min(NAME_WIDTH, room - 2));
  const rest = room - name >= REMAINING_WIDTH + 2 ? REMAINING_WIDTH : 0;
  return { name, rest, timeline: Math.max(0, Math.min(62, room - name - rest - 4)) };
}

function headingLine(first: CooldownRow | undefined, widths: Widths, scene: Scene): string {
  const { ellipsis } = scene.glyphs;
  const windowSeconds = Math.round((first?.view?.windowMs ?? 60_000) / 1000);
  const cells = [
    '  ' + fitText('Process', widths.name, ellipsis),
    fitText('State', STATUS_WIDTH, ellipsis),
    fitText('Restarts', COUNT_WIDTH, ellipsis),
    fitText(widths.rest === 0 ? '' : 'Remaining', widths.rest, ellipsis),
    widths.timeline < SMALLEST_TIMELINE ? '' : fitText(`Last ${windowSeconds} s`, widths.timeline, ellipsis),
  ];
  return line(scene, [span(cells.join(' '), 'strong')]);
}

function rowLine({ row, view }: CooldownRow, widths: Widths, state: State, scene: Scene): string {
  const { ellipsis } = scene.glyphs;
  const isSelected = row.id === state.list.selectedId;
  const mark = state.list.marked.has(row.id) ? scene.glyphs.mark : ' ';
  const spans = [
    span(`${isSelected ? scene.glyphs.cursor : ' '}${mark}${fitText(row.name, widths.name, ellipsis)} `),
    span(`${fitText(statusText(row, scene.glyphs, state.nowMs), STATUS_WIDTH, ellipsis)} `, toneOfStatus(row)),
    span(`${fitText(usedText(view), COUNT_WIDTH, ellipsis)} `, isNear(view) ? 'busy' : 'plain'),
    span(`${fitText(widths.rest === 0 ? '' : remaining(view, state.nowMs, scene), widths.rest, ellipsis)} `, 'bad'),
    ...timelineSpans(view, widths.timeline, state.nowMs, scene),
  ];
  if (isSelected) return selectedLine(scene, spans);
  return line(scene, selectIsStale(state) ? spans.map(({ text }) => span(text, 'muted')) : spans);
}

/** During a cooldown, these are the restarts that caused it. */
function usedText(view: CooldownView | null): string {
  return view === null ? '' : `${view.restarts.length} of ${view.limit}`;
}

function isNear(view: CooldownView | null): boolean {
  return view !== null && view.restarts.length >= view.limit - 1;
}

/** Draws a gauge that empties, and the remaining time. */
function remaining(view: CooldownView | null, nowMs: number, { glyphs }: Scene): string {
  const until = view?.until ?? null;
  if (view === null || until === null) return '';
  const share = (Date.parse(until) - nowMs) / view.durationMs;
  return `${bar(glyphs, share, GAUGE_WIDTH)} ${countdown(until, nowMs)}`;
}

interface Sign {
  readonly sign: string;
  readonly tone: Span['tone'];
  readonly meaning: string;
}

/** A symbol for each cause. Restarts by an operator never trigger a cooldown. */
const SIGN_OF: Readonly<Record<RestartRecord['cause'], Sign>> = {
  crash: { sign: 'x', tone: 'bad', meaning: 'crash' },
  limit: { sign: 'L', tone: 'busy', meaning: 'limit' },
  health: { sign: 'H', tone: 'busy', meaning: 'health' },
  anomaly: { sign: 'A', tone: 'busy', meaning: 'anomaly' },
  operator: { sign: 'o', tone: 'muted', meaning: 'operator' },
  cooldown: { sign: 'c', tone: 'info', meaning: 'after a cooldown' },
};

function legendLine(scene: Scene): string {
  const signs = Object.values(SIGN_OF).flatMap(({ sign, tone, meaning }) => [
    span(`  ${sign}`, tone),
    span(` ${meaning}`, 'muted'),
  ]);
  return line(scene, signs);
}

/** Draws the counting window, from its start at the left to now at the right, with a symbol for each restart. */
function timelineSpans(view: CooldownView | null, width: number, nowMs: number, { glyphs }: Scene): Span[] {
  if (view === null || width < SMALLEST_TIMELINE) return [];
  const spans = Array.from({ length: width }, () => span(glyphs.separator, 'muted'));
  for (const { at, cause } of view.restarts) {
    const share = 1 - (nowMs - Date.parse(at)) / view.windowMs;
    const column = Math.round(share * (width - 1));
    const { sign, tone } = SIGN_OF[cause];
    if (column >= 0 && column < width) spans[column] = span(sign, tone);
  }
  return spans;
}
