import { combineFields } from '../../config/reading/combine-fields.ts';
import { changedFields } from '../../config/sources/diff-specs.ts';
import { matchesPathPattern } from '../../config/reading/path-pattern.ts';
import type { RemoteSettings } from '../../config/registry/remote-endpoints.ts';
import {
  checkDefinition,
  type CheckedDefinition,
  type ExecutableFacts,
} from '../../policy/remote-access/executables.ts';
import { type Caller, missingPermissions } from '../../policy/remote-access/caller.ts';
import { durationProblem } from '../../policy/remote-access/durations.ts';
import { permissionsToAdd, permissionsToChange, permissionsToUnset } from '../../policy/remote-access/effects.ts';
import { setsCommand, withCheckedCommands } from '../../policy/remote-access/own-commands.ts';
import { redirectionProblem, socketProblem } from '../../policy/remote-access/surroundings.ts';
import type { DefinitionChanges } from '../../protocol/definition.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { Permission } from '../../protocol/permissions.ts';
import { type ProcessSpec, type ProcessSpecInput, processSpecSchema } from '../../protocol/process-spec.ts';

/**
 * Resolves a word of a command line in a folder. Returns null for a word that names no executable file.
 * @param ownPath the PATH of the program, if its definition sets one
 */
export type FindExecutable = (word: string, cwd: string | null, ownPath?: string) => ExecutableFacts | null;

/** The rules for what remote callers may execute, and the lookups that they need. */
export interface Admission {
  readonly settings: () => RemoteSettings;
  readonly findExecutable: FindExecutable;
  /** Returns the paths of the existing file that a word leads to, with and without symbolic links. */
  readonly pathsOf?: (word: string, cwd: string | null) => readonly string[];
  /** Returns a path pattern with symbolic links resolved in the part without wildcards. */
  readonly withoutLinks: (pattern: string) => string;
}

/** A change of these fields cannot change what is executed. */
const HARMLESS: ReadonlySet<string> = new Set<keyof ProcessSpec>([
  ...([
    'name',
    'groups',
    'limits',
    'restart',
    'stop',
    'reload',
    'logs',
    'schedule',
    'scheduling',
    'maxRuntimeMs',
    'onFleetLost',
    'anomaly',
    'zombies',
    'healing',
  ] as const),
  ...([
    'healTimeoutMs',
    'leftovers',
    'dependsOn',
    'autostart',
    'enabled',
    'startSeconds',
    'ready',
    'watchdogMs',
    'sockets',
    'instances',
    'notify',
  ] as const),
  ...(['nice', 'umask', 'rlimits'] as const),
]);

/**
 * Returns a definition as a remote caller may register it. Its executables are replaced by the paths that were checked,
 * with symbolic links resolved, since a link could be redirected after the check.
 * @throws HealerError NOT_ALLOWED_EXECUTABLE or FORBIDDEN
 */
export function admitDefinition(definition: ProcessSpecInput, caller: Caller, admission: Admission): ProcessSpecInput {
  requirePermissions(permissionsToAdd(definition), caller, admission);
  refuseLongWaits(definition, caller);
  const checked = examine(definition, admission);
  return {
    ...definition,
    ...lineFields(definition, checked),
    ...healthFields(definition.health, checked),
    ...withCheckedCommands(definition, checked.commands),
  };
}

/**
 * Returns changes as a remote caller may apply them to a registered program. The rules apply to the program that results
 * from the change.
 * @param isActive whether the program runs, or will be started without a further request
 * @throws HealerError NOT_ALLOWED_EXECUTABLE, FORBIDDEN or INVALID_CONFIG
 */
export function admitChanges(
  current: ProcessSpec,
  changes: DefinitionChanges,
  caller: Caller,
  admission: Admission,
  isActive = true,
): DefinitionChanges {
  const changed = mergeChanges(current, changes);
  refuseLongWaits(changes, caller);
  const fields = { differing: changedFields(current, changed), named: Object.keys(changes) };
  requirePermissions(permissionsToChange(changed, fields, isActive), caller, admission);
  const socket = changes.sockets === undefined ? null : socketProblem({ sockets: changes.sockets });
  if (socket !== null) throw refusal(current.id, socket);
  if (!setsCommand(changes) && Object.keys(changes).every((name) => HARMLESS.has(name))) return changes;
  const redirection = redirectionProblem(current.health?.check, changed.health?.check);
  if (redirection !== null) throw refusal(current.id, redirection);
  const checked = examine(changed, admission);
  return {
    ...changes,
    ...changedLine(changes, changed, checked),
    ...healthFields(changes.health, checked),
    ...withCheckedCommands(changes, checked.commands),
  };
}

/**
 * Checks that a remote caller may take back changes of these fields. Only fields that cannot change what is executed are
 * admitted, because the values in effect afterwards come from a file that the caller did not name.
 * @throws HealerError FORBIDDEN
 */
export function admitUnset(current: ProcessSpec, names: readonly string[], caller: Caller, admission: Admission): void {
  const fields = names.map((name) => (name === 'cpu' || name === 'memory' ? 'limits' : (name.split('.')[0] ?? '')));
  // The file may set a command that stops the program.
  const setsStopCommand = names.some((name) => name === 'stop' || name.startsWith('stop.command'));
  const unsafe = setsStopCommand ? 'stop.command' : fields.find((field) => !HARMLESS.has(field));
  if (unsafe !== undefined) {
    throw new HealerError(
      'FORBIDDEN',
      `"${unsafe}" can only be unset on the machine itself: it can change what is executed`,
      {
        id: current.id,
        field: unsafe,
      },
    );
  }
  requirePermissions(permissionsToUnset(current, fields as (keyof ProcessSpec)[]), caller, admission);
}

/** The command of the owner stays as it is, but what the arguments of a launcher mean depends on both. */
function changedLine(changes: DefinitionChanges, changed: ProcessSpec, checked: CheckedDefinition): Partial<Line> {
  const { command, args } = lineFields(changed, checked);
  const isChanged = changes.command !== undefined || changes.args !== undefined;
  return {
    ...(changes.command === undefined || command === undefined ? {} : { command }),
    ...(isChanged && args !== undefined ? { args } : {}),
  };
}

/** Merges the changes in the same way as the registry does. */
function mergeChanges(current: ProcessSpec, changes: DefinitionChanges): ProcessSpec {
  const { data, error } = processSpecSchema.safeParse(combineFields({ ...current }, { ...changes }));
  if (error === undefined) return data;
  throw new HealerError(
    'INVALID_CONFIG',
    `cannot apply this change to "${current.id}": ${error.issues[0]?.message ?? ''}`,
  );
}

/**
 * Refuses what an untrusted caller lacks permissions for.
 * @throws HealerError FORBIDDEN naming them
 */
export function requirePermissions(
  needs: readonly Permission[],
  caller: Caller,
  { settings }: Pick<Admission, 'settings'>,
): void {
  const missing = caller === 'trusted' ? [] : missingPermissions(needs, settings().permissions);
  if (missing.length === 0) return;
  const isAre = missing.length === 1 ? 'is' : 'are';
  const step = missing.includes('allowAutostart') ? '; set "autostart" to false' : '';
  const message = `callers that are not trusted may not do that: ${missing.join(' and ')} ${isAre} off${step}`;
  throw new HealerError('FORBIDDEN', message, { missing });
}

/** Refuses durations with which a caller could keep the requests and the shutdown of others waiting. */
function refuseLongWaits(fields: Partial<ProcessSpecInput>, caller: Caller): void {
  const problem = durationProblem(fields, caller);
  if (problem !== null) throw new HealerError('INVALID_CONFIG', problem);
}

/**
 * Checks everything that a definition would execute, and returns it with the real paths of what was checked.
 * @throws HealerError NOT_ALLOWED_EXECUTABLE
 */
function examine(definition: ProcessSpecInput, admission: Admission): CheckedDefinition {
  const { settings, findExecutable, withoutLinks, pathsOf } = admission;
  const { whitelist, blacklist } = settings();
  const { cwd = null, env = {} } = definition;
  const rules = {
    whitelist,
    // A pattern blocks the file itself, so a path without symbolic links must match too.
    blacklist: [...blacklist, ...blacklist.map(withoutLinks)],
    matches: matchesPathPattern,
    ...(pathsOf === undefined ? {} : { pathsOf: (word: string) => pathsOf(word, cwd) }),
  };
  const ownPath = Object.hasOwn(env, 'PATH') ? String(env['PATH']) : undefined;
  const known = new Map<string, ExecutableFacts | null>();
  const find = (word: string): ExecutableFacts | null => {
    const facts = known.has(word) ? (known.get(word) ?? null) : findExecutable(word, cwd, ownPath);
    known.set(word, facts);
    return facts;
  };
  const checked = checkDefinition(definition, find, rules);
  if (typeof checked === 'string') throw refusal(definition.id, checked);
  return checked;
}

function refusal(id: string, problem: string): HealerError {
  return new HealerError('NOT_ALLOWED_EXECUTABLE', `"${id}" cannot be registered remotely: ${problem}`, { id });
}

type Line = Pick<ProcessSpecInput, 'command' | 'args'>;

/** Returns the command and, if any of them was replaced, the arguments. */
function lineFields({ command, args }: Line, { program }: CheckedDefinition): Partial<Line> {
  const isReplaced = program.args.some((word, index) => word !== String(args?.[index]));
  return {
    ...(command === program.command ? {} : { command: program.command }),
    ...(isReplaced ? { args: [...program.args] } : {}),
  };
}

type Health = ProcessSpecInput['health'];

function healthFields(health: Health | undefined, { healthCheck }: CheckedDefinition): { health?: Health } {
  if (health?.check.type !== 'exec' || healthCheck === null) return {};
  const { command, args } = healthCheck;
  return {
    health: { ...health, check: { ...health.check, command, ...(args.length === 0 ? {} : { args: [...args] }) } },
  };
}
