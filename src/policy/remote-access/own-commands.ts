import type { ProcessSpecInput } from '../../protocol/process-spec.ts';
import { commandSchema, type ProgramCommand } from '../../protocol/spec/command-spec.ts';
import type { HookName } from '../../protocol/spec/hooks-spec.ts';

type CommandFields = Pick<ProcessSpecInput, 'stop' | 'hooks'>;

/** Which command of a program: the one that stops it, or one of its hooks. */
export type CommandRole = 'stop' | HookName;

/** Returns the commands that healer runs for a program apart from the program itself and its health check. */
export function ownCommands({ stop, hooks = {} }: CommandFields): ReadonlyMap<CommandRole, ProgramCommand> {
  const written: [CommandRole, unknown][] = [
    ...(stop?.command == null ? [] : [['stop', stop.command] as [CommandRole, unknown]]),
    ...(Object.entries(hooks) as [HookName, unknown][]).filter(([, command]) => command !== undefined),
  ];
  return new Map(written.map(([role, command]) => [role, commandSchema.parse(command)]));
}

/** Returns whether a change sets a command, so that it can change what is executed. */
export function setsCommand(changes: CommandFields): boolean {
  return changes.stop?.command !== undefined || changes.hooks !== undefined;
}

/** Returns fields with their commands replaced by those that were checked. */
export function withCheckedCommands(
  { stop, hooks }: CommandFields,
  checked: ReadonlyMap<CommandRole, ProgramCommand>,
): CommandFields {
  const stopCommand = checked.get('stop');
  const ownHooks = Object.keys(hooks ?? {}) as HookName[];
  return {
    ...(stop?.command == null || stopCommand === undefined ? {} : { stop: { ...stop, command: stopCommand } }),
    ...(hooks === undefined
      ? {}
      : { hooks: Object.fromEntries(ownHooks.map((name) => [name, checked.get(name) ?? hooks[name]])) }),
  };
}

/** Returns the role as it is named in messages. */
export function roleName(role: CommandRole): string {
  return role === 'stop' ? 'the stop command' : `the hook "${role}"`;
}
