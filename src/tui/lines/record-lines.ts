import type { State } from '../state/state.ts';
import { isSameMoment } from '../state/moment.ts';
import { recordDetailHeight, recordTabOf, selectIsStale, selectMoment } from '../store/selectors.ts';
import { timeOfDay } from '../text/figures.ts';
import { fillHeight, line, lineWithExtras, ruledLine, selectedLine } from '../text/line.ts';
import type { RecordTable } from './record-table.ts';
import { RECORD_TABLES } from './record-tables.ts';
import { type Scene, type Span, span } from '../style/scene.ts';
import { wrapWords } from '../text/wrap-text.ts';

/** Draws the list of the tab and, if there is room, the details of the selected record. */
export function recordLines(state: State, scene: Scene): readonly string[] {
  const tab = recordTabOf(state.view);
  if (tab === null) return fillHeight(scene, []);
  const table = RECORD_TABLES[tab](state, scene);
  const heading = lineWithExtras(scene, table.heading, [span(table.note, 'muted')]);
  if (table.count === 0) {
    const { filter } = state.records[tab];
    const empty = filter === '' ? table.empty : `no matches for "${filter}"; press Esc to show all`;
    return fillHeight(scene, [
      heading,
      '',
      ...wrapWords(empty, scene.columns - 4).map((text) => line(scene, [span(`  ${text}`, 'muted')])),
    ]);
  }
  const { top, selectedIndex } = state.records[tab];
  const detail = recordDetailHeight(scene.height, tab);
  const height = scene.height - 1 - detail;
  const isStale = selectIsStale(state);
  const rows = Array.from({ length: Math.min(height, table.count - top) }, (_, index) =>
    rowLine(table.row(top + index), top + index === selectedIndex, isStale, scene),
  );
  const padding = Array<string>(Math.max(0, height - rows.length)).fill('');
  return fillHeight(scene, [
    heading,
    ...rows,
    ...padding,
    ...detailLines(state, table.detail(selectedIndex), detail, scene),
  ]);
}

function rowLine(spans: readonly Span[], isSelected: boolean, isStale: boolean, scene: Scene): string {
  if (isSelected) return selectedLine(scene, [span(scene.glyphs.cursor), ...spans]);
  return line(scene, [span(' '), ...(isStale ? spans.map(({ text }) => span(text, 'muted')) : spans)]);
}

function detailLines(
  state: State,
  { title, text }: ReturnType<RecordTable['detail']>,
  height: number,
  scene: Scene,
): readonly string[] {
  if (height === 0) return [];
  const wrapped = wrapWords(text, scene.columns - 4).slice(0, height - 1);
  return [
    ruledLine(scene, [span(title, 'strong')]),
    ...wrapped.map((piece) => line(scene, [span(`  ${piece}`)])),
    ...momentLines(state, height - 1 - wrapped.length, scene),
  ];
}

/** Draws what the program printed last before the event. */
function momentLines(state: State, height: number, scene: Scene): readonly string[] {
  const { moment } = state;
  if (moment === null || !isSameMoment(moment, selectMoment(state)) || height < 1) return [];
  return moment.lines.slice(-height).map(({ time, stream, text }) => {
    const isError = stream === 'stderr';
    return line(scene, [
      span(`  ${scene.glyphs.side} `, 'muted'),
      span(time === null ? '' : `${timeOfDay(time)} `, 'muted'),
      span(isError ? 'E ' : '  ', 'bad'),
      span(text, isError ? 'bad' : 'plain'),
    ]);
  });
}
