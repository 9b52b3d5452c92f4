import { KEYMAP } from '../keys/key-bindings.ts';
import { contextOfView, keyLabels } from '../keys/keymap.ts';
import { type LogRoom, topPlace } from '../layout/log-place.ts';
import { countMatches } from '../state/log-search.ts';
import { type LogView, shownLines } from '../state/log-view.ts';
import { spanName } from '../state/chart-span.ts';
import type { State } from '../state/state.ts';
import { selectLogRoom, selectVisibleRows } from '../store/selectors.ts';

/** Describes what a key changed in the view and is not visible in the selected item: zoom, order, filters, charts, tree. */
export function viewChangeSpeech(before: State, after: State): readonly string[] {
  const { list } = after;
  return [
    ...(after.isZoomed === before.isZoomed ? [] : [after.isZoomed ? 'Zoomed.' : 'Not zoomed.']),
    ...(after.logPlace === before.logPlace
      ? []
      : [after.logPlace === 'beside' ? 'Log beside the table.' : 'Log below.']),
    ...(after.span === before.span && after.chartBack === before.chartBack ? [] : [`Charts: ${spanName(after)}.`]),
    ...(list.sort === before.list.sort ? [] : [sortText(list.sort)]),
    ...(list.isWide === before.list.isWide ? [] : [list.isWide ? 'Reasons and sources first.' : 'Trends first.']),
    ...(list.unhealthyOnly === before.list.unhealthyOnly ? [] : [filterText(after)]),
    ...(Math.abs(list.marked.size - before.list.marked.size) > 1 ? [`${String(list.marked.size)} marked.`] : []),
    ...(after.showsTree === before.showsTree ? [] : treeSpeech(after)),
  ];
}

function sortText(sort: State['list']['sort']): string {
  if (sort === null) return 'Sorted: problems first.';
  if (sort.by === 'listed') return "Sorted: the engine's order.";
  return `Sorted by ${sort.by}, ${sort.descending ? 'highest' : 'lowest'} first.`;
}

function filterText(state: State): string {
  const count = String(selectVisibleRows(state).length);
  return state.list.unhealthyOnly ? `Only programs that need attention: ${count}.` : `All programs: ${count}.`;
}

function treeSpeech({ showsTree, details }: State): readonly string[] {
  if (!showsTree) return ['Charts.'];
  const tree = details?.tree ?? [];
  return [
    `Processes: ${String(tree.length)}.`,
    ...tree.map(
      ({ pid, name, command = name, memoryMb }) => `${command}, pid ${String(pid)}, ${memoryMb.toFixed(1)} MB`,
    ),
  ];
}

/** Describes what a key changed in the log: the line that was reached, the match, following, wrapping and filters. */
export function readingSpeech(before: State, after: State): readonly string[] {
  const [was, log] = [before.log, after.log];
  const isLog = after.view.kind === 'program' || after.focus === 'log';
  if (!isLog || was.ids !== log.ids) return [];
  return [
    ...(log.isFollowing === was.isFollowing ? [] : [log.isFollowing ? 'Following new output.' : 'Not following.']),
    ...placeInLog(was, log, selectLogRoom(after)),
    ...(log.wraps === was.wraps ? [] : [log.wraps ? 'Long lines are wrapped.' : 'Long lines are cut.']),
    ...(log.stream === was.stream ? [] : [log.stream === 'both' ? 'Both streams.' : `Only ${log.stream}.`]),
    ...(log.level === was.level ? [] : [log.level === null ? 'All levels.' : `Level ${log.level} and above.`]),
    ...(log.showsFields === was.showsFields ? [] : [log.showsFields ? 'JSON by fields.' : 'JSON as written.']),
    ...(log.times === was.times ? [] : [`Timestamps: ${log.times}.`]),
    ...(log.matchesOnly === was.matchesOnly ? [] : [log.matchesOnly ? 'Only matching lines.' : 'All lines.']),
    ...(log.column === was.column ? [] : [`From column ${String(log.column + 1)}.`]),
  ];
}

function placeInLog(was: LogView, log: LogView, room: LogRoom): readonly string[] {
  if (log.match !== null && log.match !== was.match) {
    const { at, of } = countMatches(log);
    const found = log.lines.find(({ number }) => number === log.match);
    return [`Match ${String(at ?? 0)} of ${String(of)}: ${found?.text ?? ''}`];
  }
  if (log.isFollowing || (log.top === was.top && !was.isFollowing)) return [];
  const shown = shownLines(log);
  const index = topPlace(log, room).index;
  return [`Line ${String(index + 1)} of ${String(shown.length)}: ${shown[index]?.text ?? ''}`];
}

/** Lists the keys of the current view, one for each line. */
export function helpSpeech({ view }: State): readonly string[] {
  const context = contextOfView(view);
  const keys = KEYMAP.filter(({ in: contexts }) => contexts.includes(context)).map(
    ({ keys: bound, help }) => `${keyLabels(bound).join(' or ')}: ${help}`,
  );
  return ['Keys in this view:', ...keys, 'Press Escape to close.'];
}
