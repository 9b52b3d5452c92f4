import { sanitizeText } from '../../base/sanitize-text.ts';
import type { State } from '../store/state.ts';
import { goToMatch } from './log-commands.ts';
import { become, type Command } from './response.ts';

/** Changes the text that is being typed: the list's filter or the log's search. Both work as they are typed. */
function edit(state: State, change: (text: string) => string): State {
  switch (state.overlay.kind) {
    case 'filter':
      return { ...state, list: { ...state.list, filter: change(state.list.filter) } };
    case 'search':
      return { ...state, log: { ...state.log, search: change(state.log.search), match: null } };
    case 'none':
    case 'sort':
    case 'confirm':
    case 'help':
      return state;
  }
}

function accept(state: State): State {
  const next: State = { ...state, overlay: { kind: 'none' } };
  return state.overlay.kind === 'search' && state.log.search !== '' ? goToMatch(next, -1) : next;
}

function cancel(state: State): State {
  const { overlay } = state;
  if (overlay.kind !== 'filter' && overlay.kind !== 'search') return state;
  return { ...edit(state, () => overlay.before), overlay: { kind: 'none' } };
}

export const TEXT_COMMANDS = {
  filter: (state) => become({ ...state, overlay: { kind: 'filter', before: state.list.filter } }),
  search: (state) => become(edit({ ...state, overlay: { kind: 'search', before: state.log.search } }, () => '')),
  type: (state, text) => become(edit(state, (typed) => typed + sanitizeText(text))),
  eraseCharacter: (state) => become(edit(state, (typed) => Array.from(typed).slice(0, -1).join(''))),
  eraseText: (state) => become(edit(state, () => '')),
  acceptText: (state) => become(accept(state)),
  cancelText: (state) => become(cancel(state)),
} satisfies Record<string, Command>;
