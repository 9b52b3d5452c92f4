import type { State, TabName } from '../store/state.ts';
import { neighbourTab } from '../tabs.ts';
import { become, type Command } from './response.ts';

function showTab(tab: TabName): Command {
  return (state) => become({ ...state, view: { kind: 'tab', tab } });
}

function stepTab(step: 1 | -1): Command {
  return (state) => {
    const current = state.view.kind === 'tab' ? state.view.tab : state.view.from;
    return become({ ...state, view: { kind: 'tab', tab: neighbourTab(current, step) } });
  };
}

function open(state: State): State {
  const { view, list } = state;
  if (view.kind === 'program' || list.selectedId === null) return state;
  return { ...state, view: { kind: 'program', id: list.selectedId, from: view.tab } };
}

/** One thing at a time: what lies on top, the opened program, the marks, the filters. Never the program itself. */
function back(state: State): State {
  const { overlay, view, list } = state;
  if (overlay.kind !== 'none') return { ...state, overlay: { kind: 'none' } };
  if (view.kind === 'program') {
    return { ...state, view: { kind: 'tab', tab: view.from }, list: { ...list, selectedId: view.id } };
  }
  if (list.marked.size > 0) return { ...state, list: { ...list, marked: new Set() } };
  return { ...state, list: { ...list, filter: '', unhealthyOnly: false } };
}

function toggleMark(state: State): State {
  const { list } = state;
  if (list.selectedId === null) return state;
  const marked = new Set(list.marked);
  if (!marked.delete(list.selectedId)) marked.add(list.selectedId);
  return { ...state, list: { ...list, marked } };
}

export const VIEW_COMMANDS = {
  showProcesses: showTab('processes'),
  showCooldown: showTab('cooldown'),
  showEvents: showTab('events'),
  nextTab: stepTab(1),
  previousTab: stepTab(-1),
  open: (state) => become(open(state)),
  back: (state) => become(back(state)),
  mark: (state) => become(toggleMark(state)),
  unhealthyOnly: (state) => become({ ...state, list: { ...state.list, unhealthyOnly: !state.list.unhealthyOnly } }),
  help: (state) => become({ ...state, overlay: { kind: 'help', page: 0 } }),
} satisfies Record<string, Command>;
