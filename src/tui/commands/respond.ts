import type { CommandName } from '../keys/key-bindings.ts';
import { commandFor, contextOf, keyLabel, labelFor } from '../keys/keymap.ts';
import { recordTabOf } from '../store/selectors.ts';
import { plainMessage } from '../store/messages.ts';
import { stopReading } from '../state/log-view.ts';
import type { State } from '../state/state.ts';
import type { KeyPress } from '../terminal/key-decoder.ts';
import { respondToClick } from './click.ts';
import { FOLD_COMMANDS } from './fold-commands.ts';
import { FORM_COMMANDS } from './form-commands.ts';
import { respondToHasty, unknownKeyText } from './hasty-keys.ts';
import { JUMP_COMMANDS } from './jump-commands.ts';
import { LOG_COMMANDS } from './log-commands.ts';
import { MOVE_COMMANDS } from './move-commands.ts';
import { OPERATE_COMMANDS } from './operate-commands.ts';
import { PALETTE_COMMANDS, runPalette } from './palette.ts';
import { become, type Command, perform, type Response } from './response.ts';
import { SIGNAL_COMMANDS } from './signal-commands.ts';
import { SORT_COMMANDS } from './sort-commands.ts';
import { TAKE_OUT_COMMANDS } from './take-out-commands.ts';
import { TEXT_COMMANDS } from './text-commands.ts';
import { VIEW_COMMANDS } from './view-commands.ts';

const COMMANDS: Readonly<Record<CommandName, Command>> = {
  ...MOVE_COMMANDS,
  ...VIEW_COMMANDS,
  ...SORT_COMMANDS,
  ...TEXT_COMMANDS,
  ...LOG_COMMANDS,
  ...JUMP_COMMANDS,
  ...OPERATE_COMMANDS,
  ...SIGNAL_COMMANDS,
  ...FORM_COMMANDS,
  ...PALETTE_COMMANDS,
  ...TAKE_OUT_COMMANDS,
  ...FOLD_COMMANDS,
  runPalette: (state) => {
    const run = runPalette(state);
    return run.kind === 'done' ? run.response : COMMANDS[run.command](run.state, '');
  },
  quit: (state) => perform(state, { kind: 'quit' }),
  interrupt: (state) => perform(state, { kind: 'interrupt' }),
  repaint: (state) => perform(state, { kind: 'repaint' }),
  suspend: (state) => perform(state, { kind: 'suspend' }),
};

/** Handles a key or a click, given the current state. */
export function respond(before: State, key: KeyPress): Response {
  const log = stopReading(before.log);
  const state = log === before.log ? before : { ...before, log };
  if (key.at !== undefined) {
    const clicked = respondToClick(state, key.name, key.at);
    if (typeof clicked !== 'string') return clicked;
    return respondToHasty(state, key, clicked, () => COMMANDS[clicked](state, ''));
  }
  const command = commandFor(contextOf(state), key);
  if (command === null) return respondToUnbound(state, key);
  return respondToHasty(state, key, command, () => COMMANDS[command](state, key.text));
}

/** A key of programs that is pressed in a list of records says where it works; null for all others. */
function elsewhereText(state: State, key: KeyPress): string | null {
  if (recordTabOf(state.view) === null || commandFor('list', key) === null) return null;
  const programs = labelFor(contextOf(state), 'showProcesses');
  return `"${keyLabel(key.name)}" is a key for programs${programs === null ? '' : `: press ${programs} to list them`}`;
}

/** A key that does nothing here says so, unless a dialog shows which keys it takes. */
function respondToUnbound(state: State, key: KeyPress): Response {
  const isPlain = state.overlay.kind === 'none' && key.haste === undefined;
  const text = isPlain ? (elsewhereText(state, key) ?? unknownKeyText(key)) : null;
  return become(text === null ? state : { ...state, message: plainMessage(text, 'info', state.nowMs) });
}
