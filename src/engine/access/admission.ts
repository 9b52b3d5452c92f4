import { combineFields } from '../../config/reading/combine-fields.ts';
import { matchesPathPattern } from '../../config/reading/path-pattern.ts';
import type { RemoteSettings } from '../../config/registry/remote-endpoints.ts';
import { type ExecutableFacts, executionProblem } from '../../policy/remote-access/executables.ts';
import { type Caller, missingPermissions } from '../../policy/remote-access/caller.ts';
import { redirectionProblem } from '../../policy/remote-access/surroundings.ts';
import type { DefinitionChanges } from '../../protocol/definition.ts';
import { HealerError } from '../../protocol/errors.ts';
import { HTTP_ROUTES } from '../../protocol/methods/http-routes.ts';
import type { Permission } from '../../protocol/permissions.ts';
import { type ProcessSpec, type ProcessSpecInput, processSpecSchema } from '../../protocol/process-spec.ts';

/** Resolves a word of a command line in a folder. Returns null for a word that names no executable file. */
export type FindExecutable = (word: string, cwd: string | null) => ExecutableFacts | null;

/** The rules for what remote callers may execute, and the lookups that they need. */
export interface Admission {
  readonly settings: () => RemoteSettings;
  readonly findExecutable: FindExecutable;
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
  refuseAutostart(definition.autostart ?? true, caller, admission);
  const pathOf = examine(definition, admission);
  const command = definition.shell === true ? definition.command : pathOf(definition.command);
  return { ...definition, ...checkByPath(definition.health, pathOf), command };
}

/**
 * Returns changes as a remote caller may apply them to a registered program. The rules apply to the program that results
 * from the change.
 * @throws HealerError NOT_ALLOWED_EXECUTABLE, FORBIDDEN or INVALID_CONFIG
 */
export function admitChanges(
  current: ProcessSpec,
  changes: DefinitionChanges,
  caller: Caller,
  admission: Admission,
): DefinitionChanges {
  if (changes.autostart !== undefined) refuseAutostart(changes.autostart, caller, admission);
  refuseOperations(changes, caller, admission);
  if (Object.keys(changes).every((name) => HARMLESS.has(name))) return changes;
  const changed = mergeChanges(current, changes);
  const redirection = redirectionProblem(current.health?.check, changed.health?.check);
  if (redirection !== null) throw refusal(current.id, redirection);
  const pathOf = examine(changed, admission);
  const { command } = changes;
  const isFile = command !== undefined && !changed.shell;
  return { ...changes, ...checkByPath(changes.health, pathOf), ...(isFile ? { command: pathOf(command) } : {}) };
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

function refuseAutostart(autostart: boolean, caller: Caller, { settings }: Admission): void {
  if (!autostart || caller === 'trusted' || settings().permissions.allowAutostart) return;
  throw new HealerError(
    'FORBIDDEN',
    'only trusted callers may define programs that start automatically, because allowAutostart is off; set "autostart" to false',
  );
}

/** A change that has the effect of an operation, such as `enabled`, needs the permissions of that operation. */
function refuseOperations(changes: DefinitionChanges, caller: Caller, { settings }: Admission): void {
  const missing = caller === 'trusted' ? [] : missingPermissions(neededFor(changes), settings().permissions);
  if (missing.length === 0) return;
  const list = missing.join(' and ');
  throw new HealerError('FORBIDDEN', `only trusted callers may change this, because ${list} is off`);
}

function neededFor({ enabled, healing, instances, schedule = null }: DefinitionChanges): readonly Permission[] {
  const { enable, disable, hold, scale, restart } = HTTP_ROUTES;
  return [
    ...(enabled === true ? enable.needs : []),
    ...(enabled === false ? disable.needs : []),
    ...(healing === undefined ? [] : hold.needs),
    ...(instances === undefined ? [] : scale.needs),
    ...(schedule === null ? [] : restart.needs),
  ];
}

type PathOf = (word: string) => string;

/**
 * Checks everything that a definition would execute. Returns a function that maps a word to the path that was checked.
 * @throws HealerError NOT_ALLOWED_EXECUTABLE
 */
function examine(definition: ProcessSpecInput, { settings, findExecutable, withoutLinks }: Admission): PathOf {
  const { whitelist, blacklist } = settings();
  const rules = {
    whitelist,
    // A pattern blocks the file itself, so a path without symbolic links must match too.
    blacklist: [...blacklist, ...blacklist.map(withoutLinks)],
    matches: matchesPathPattern,
  };
  const known = new Map<string, ExecutableFacts | null>();
  const find = (word: string): ExecutableFacts | null => {
    const facts = known.has(word) ? (known.get(word) ?? null) : findExecutable(word, definition.cwd ?? null);
    known.set(word, facts);
    return facts;
  };
  const problem = executionProblem(definition, find, rules);
  if (problem !== null) throw refusal(definition.id, problem);
  return (word) => find(word)?.realPath ?? word;
}

function refusal(id: string, problem: string): HealerError {
  return new HealerError('NOT_ALLOWED_EXECUTABLE', `"${id}" cannot be registered remotely: ${problem}`, { id });
}

function checkByPath(health: ProcessSpecInput['health'] | undefined, pathOf: PathOf): Pick<ProcessSpecInput, 'health'> {
  if (health?.check.type !== 'exec') return {};
  return { health: { ...health, check: { ...health.check, command: pathOf(health.check.command) } } };
}
