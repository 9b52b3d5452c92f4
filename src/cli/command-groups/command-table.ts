import type { CommandRows } from '../command/command.ts';
import { DEFINE_COMMANDS } from './define-commands.ts';
import { ENGINE_COMMANDS } from './engine-commands.ts';
import { FLEET_COMMANDS } from './fleet-commands.ts';
import { INSPECT_COMMANDS } from './inspect-commands.ts';
import { OPERATE_COMMANDS } from './operate-commands.ts';
import { SET_UP_COMMANDS } from './set-up-commands.ts';

/** Commands that help shows under one heading. */
interface CommandGroup {
  readonly heading: string;
  readonly commands: CommandRows;
}

/** Every command, in the order in which help shows them. */
export const COMMAND_GROUPS: readonly CommandGroup[] = [
  { heading: 'Engine', commands: ENGINE_COMMANDS },
  { heading: 'Inspect', commands: INSPECT_COMMANDS },
  { heading: 'Operate', commands: OPERATE_COMMANDS },
  { heading: 'Define', commands: DEFINE_COMMANDS },
  { heading: 'Set up', commands: SET_UP_COMMANDS },
  { heading: 'Fleet', commands: FLEET_COMMANDS },
];

/** Every command by its name. */
export const COMMANDS = {
  ...ENGINE_COMMANDS,
  ...INSPECT_COMMANDS,
  ...OPERATE_COMMANDS,
  ...DEFINE_COMMANDS,
  ...SET_UP_COMMANDS,
  ...FLEET_COMMANDS,
} satisfies CommandRows;

/** What the first word of commands of two words stands for, such as `fleet` in `fleet ls`. */
export const COMMAND_FAMILIES: Readonly<Record<string, string>> = {
  fleet: 'See and operate many hosts from one terminal',
};
