import { choicesOf, editFocused, turnChoice } from '../state/form.ts';
import { recordTabOf } from '../store/selectors.ts';
import type { Overlay, State } from '../state/state.ts';
import {
  fitTyped,
  TEXT_EDITS,
  type TextEdit,
  type TextEditName,
  type TextField,
  textField,
} from '../state/text-field.ts';
import { TUI_LIMITS } from '../style/tui-limits.ts';
import { goTo } from './jump-commands.ts';
import { goToMatch } from './log-commands.ts';
import { refuse } from './refuse.ts';
import { become, type Command, type Response } from './response.ts';

type Prompt = Extract<Overlay, { kind: 'prompt' }>;

/** Returns the filter or the search text that a prompt edits. */
function promptedText(state: State, purpose: Prompt['purpose']): string {
  if (purpose === 'go to') return '';
  if (purpose === 'search') return state.log.search;
  const tab = recordTabOf(state.view);
  return tab === null ? state.list.filter : state.records[tab].filter;
}

/** Applies the filter or the search while it is typed. */
function withPromptedText(state: State, purpose: Prompt['purpose'], text: string): State {
  if (purpose === 'go to') return state;
  if (purpose === 'search') return { ...state, log: { ...state.log, search: text, match: null } };
  const tab = recordTabOf(state.view);
  if (tab === null) return { ...state, list: { ...state.list, filter: text } };
  return { ...state, records: { ...state.records, [tab]: { ...state.records[tab], filter: text } } };
}

function openPrompt(state: State, purpose: Prompt['purpose']): State {
  const before = promptedText(state, purpose);
  // A filter is usually edited, a search usually starts from scratch.
  const field = textField(purpose === 'filter' ? before : '');
  return withPromptedText({ ...state, overlay: { kind: 'prompt', purpose, field, before } }, purpose, field.text);
}

function edit(change: TextEdit): Command {
  return (state, typed) => become(edited(state, change, typed));
}

/** Types text as far as it fits, and says so if some of it is dropped. */
function type(state: State, typed: string): Response {
  const found = fieldIn(state);
  const fitting = found === null ? typed : fitTyped(found.field, typed, found.limit);
  const next = fitting === '' && typed !== '' ? state : edited(state, TEXT_EDITS.type, fitting);
  if (found === null || fitting.length === typed.length) return become(next);
  return refuse(next, `a field has at most ${String(found.limit)} characters; the rest was cut`);
}

/** Returns the field that is edited, and how many characters it may have. */
function fieldIn({ overlay }: State): { readonly field: TextField; readonly limit: number } | null {
  switch (overlay.kind) {
    case 'prompt':
    case 'palette':
      return { field: overlay.field, limit: TUI_LIMITS.promptChars };
    case 'form': {
      const field = overlay.form.fields[overlay.form.focused]?.field;
      return field === undefined || choicesOf(overlay.form).length > 0 ? null : { field, limit: TUI_LIMITS.fieldChars };
    }
    case 'help':
      return overlay.field === undefined ? null : { field: overlay.field, limit: TUI_LIMITS.promptChars };
    case 'none':
    case 'sort':
    case 'hold':
    case 'confirm':
    case 'confirmClean':
    case 'signal':
      return null;
  }
}

function edited(state: State, change: TextEdit, typed: string): State {
  const { overlay } = state;
  switch (overlay.kind) {
    case 'prompt': {
      const field = change(overlay.field, typed);
      return withPromptedText({ ...state, overlay: { ...overlay, field } }, overlay.purpose, field.text);
    }
    case 'palette':
      return { ...state, overlay: { ...overlay, field: change(overlay.field, typed), chosen: -1 } };
    case 'form':
      return { ...state, overlay: { kind: 'form', form: editedForm(overlay.form, change, typed) } };
    case 'help':
      return overlay.field === undefined ? state : searchingHelp(state, change(overlay.field, typed));
    case 'none':
    case 'sort':
    case 'hold':
    case 'confirm':
    case 'confirmClean':
    case 'signal':
      return state;
  }
}

/** In a field with a few values, Space selects the next one and other keys are ignored. */
function editedForm(form: FormOf, change: TextEdit, typed: string): FormOf {
  if (choicesOf(form).length === 0) return editFocused(form, (field) => change(field, typed));
  return typed === ' ' ? turnChoice(form, 1) : form;
}

type FormOf = Extract<Overlay, { kind: 'form' }>['form'];

/** Shows the keys that contain what is typed. */
function searchingHelp(state: State, field: TextField): State {
  return { ...state, overlay: { kind: 'help', page: 0, search: field.text, field } };
}

function accept(state: State): Response {
  const { overlay } = state;
  if (overlay.kind === 'help')
    return become({ ...state, overlay: { kind: 'help', page: 0, search: overlay.search ?? '' } });
  const next: State = { ...state, overlay: { kind: 'none' } };
  if (overlay.kind === 'prompt' && overlay.purpose === 'go to')
    return overlay.field.text === '' ? become(next) : goTo(next, overlay.field.text);
  const isSearch = overlay.kind === 'prompt' && overlay.purpose === 'search' && state.log.search !== '';
  return become(isSearch ? goToMatch(next, -1) : next);
}

function cancel(state: State): State {
  const { overlay } = state;
  if (overlay.kind === 'help') return { ...state, overlay: { kind: 'help', page: 0 } };
  const next: State = { ...state, overlay: { kind: 'none' } };
  return overlay.kind === 'prompt' ? withPromptedText(next, overlay.purpose, overlay.before) : next;
}

const EDITS = Object.fromEntries(
  Object.entries(TEXT_EDITS).map(([name, change]) => [name, edit(change)]),
) as unknown as Record<TextEditName, Command>;

/** Commands of text fields. */
export const TEXT_COMMANDS = {
  ...EDITS,
  type,
  filter: (state) => become(openPrompt(state, 'filter')),
  search: (state) => become(openPrompt(state, 'search')),
  goTo: (state) => become(openPrompt(state, 'go to')),
  searchHelp: (state) => become(state.overlay.kind === 'help' ? searchingHelp(state, textField()) : state),
  acceptText: accept,
  cancelText: (state) => become(cancel(state)),
} satisfies Record<string, Command>;
