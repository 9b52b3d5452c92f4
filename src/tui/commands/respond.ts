import { commandFor, type CommandName, contextOf } from '../keymap.ts';
import type { State } from '../store/state.ts';
import type { KeyPress } from '../terminal/key-decoder.ts';
import { LOG_COMMANDS } from './log-commands.ts';
import { MOVE_COMMANDS } from './move-commands.ts';
import { OPERATE_COMMANDS } from './operate-commands.ts';
import { become, type Command, perform, type Response } from './response.ts';
import { SORT_COMMANDS } from './sort-commands.ts';
import { TEXT_COMMANDS } from './text-commands.ts';
import { VIEW_COMMANDS } from './view-commands.ts';

const COMMANDS: Readonly<Record<CommandName, Command>> = {
  ...MOVE_COMMANDS,
  ...VIEW_COMMANDS,
  ...SORT_COMMANDS,
  ...TEXT_COMMANDS,
  ...LOG_COMMANDS,
  ...OPERATE_COMMANDS,
  quit: (state) => perform(state, { kind: 'quit' }),
  interrupt: (state) => perform(state, { kind: 'interrupt' }),
  repaint: (state) => perform(state, { kind: 'repaint' }),
  suspend: (state) => perform(state, { kind: 'suspend' }),
};

/** What a key does, given what is on the screen. */
export function respond(state: State, key: KeyPress): Response {
  const command = commandFor(contextOf(state), key);
  return command === null ? become(state) : COMMANDS[command](state, key.text);
}
