import { FLEET_LABEL } from '../layout/tabs.ts';
import { widthOfText } from '../text/narrow-text.ts';
import { countRecords } from '../state/record-list.ts';
import { recordTabOf, selectRecordKeys, selectVisibleRows } from './selectors.ts';
import type { State } from '../state/state.ts';

/** Describes the filters that hide a part of the list, for the right end of the tab line; empty if all is shown. */
export function narrowingText(state: State): string {
  const parts = [...(state.view.kind === 'tab' ? listParts(state) : []), state.readOnly ? 'read-only' : ''];
  return parts.map((part) => (part === '' ? '' : `${part}  `)).join('');
}

/** Returns the columns that are left for the tabs. Their titles are dropped rather than the filter. */
export function tabRoom(state: State): number {
  const width = widthOfText(narrowingText(state));
  const columns = state.size.columns - (state.fleet === 'none' ? 0 : FLEET_LABEL.length + 1);
  return width === 0 ? columns : columns - width - 1;
}

function listParts(state: State): readonly string[] {
  const tab = recordTabOf(state.view);
  if (tab !== null) {
    const { filter } = state.records[tab];
    return filter === '' ? [] : [`/${filter}`, `${countRecords(selectRecordKeys(state, tab))} shown, Esc: all`];
  }
  const { filter, unhealthyOnly, marked } = state.list;
  return [
    filter === '' ? '' : `/${filter}`,
    unhealthyOnly ? 'unhealthy only' : '',
    filter !== '' || unhealthyOnly ? `${selectVisibleRows(state).length} of ${state.rows.length}, Esc: all` : '',
    marked.size > 0 ? `${marked.size} marked` : '',
  ];
}
