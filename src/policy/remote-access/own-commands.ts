import type { ProcessSpecInput } from '../../protocol/process-spec.ts';
import type { ProgramCommand } from '../../protocol/spec/command-spec.ts';
import { parseMilliseconds } from '../../protocol/spec/quantities.ts';
import type { HookName } from '../../protocol/spec/hooks-spec.ts';

/** The default of `commandSchema`, in ms. */
const DEFAULT_TIMEOUT_MS = 30_000;

type CommandFields = Pick<ProcessSpecInput, 'stop' | 'hooks'>;

/** Which command of a program: the one that stops it, or one of its hooks. */
export type CommandRole = 'stop' | HookName;

/** Returns the commands that healer runs for a program apart from the program itself and its health check. */
export function ownCommands({ stop, hooks = {} }: CommandFields): ReadonlyMap<CommandRole, ProgramCommand> {
  const written: (readonly [CommandRole, Written | null | undefined])[] = [
    ['stop', stop?.command],
    ...(Object.entries(hooks) as [HookName, Written | undefined][]),
  ];
  return new Map(
    written.flatMap(([role, command]) =>
      command === undefined || command === null ? [] : [[role, fieldsOf(command)]],
    ),
  );
}

type Written = NonNullable<NonNullable<ProcessSpecInput['stop']>['command']>;

/** The forms of a command are those of `commandSchema`, which has accepted it. */
function fieldsOf(written: Written): ProgramCommand {
  const isText = typeof written === 'string';
  const [command = '', ...args] = isText
    ? written.trim().split(/\s+/)
    : Array.isArray(written)
      ? written.map(String)
      : [];
  if (isText || Array.isArray(written)) return { command, args, timeoutMs: DEFAULT_TIMEOUT_MS };
  const { timeoutMs = DEFAULT_TIMEOUT_MS } = written;
  return {
    command: written.command,
    args: (written.args ?? []).map(String),
    timeoutMs: typeof timeoutMs === 'number' ? timeoutMs : (parseMilliseconds(timeoutMs) ?? DEFAULT_TIMEOUT_MS),
  };
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
    ...(stop === undefined || stopCommand === undefined ? {} : { stop: { ...stop, command: stopCommand } }),
    ...(hooks === undefined
      ? {}
      : { hooks: Object.fromEntries(ownHooks.map((name) => [name, checked.get(name) ?? hooks[name]])) }),
  };
}

/** Returns the role as it is named in messages. */
export function roleName(role: CommandRole): string {
  return role === 'stop' ? 'the stop command' : `the hook "${role}"`;
}
