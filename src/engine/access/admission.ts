import { mergeFields } from '../../config/reading/merge-fields.ts';
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

/** What a word of a command line comes to, searched for from a folder; null for what is no executable file. */
export type FindExecutable = (word: string, cwd: string | null) => ExecutableFacts | null;

export interface Admission {
  readonly settings: () => RemoteSettings;
  readonly findExecutable: FindExecutable;
  /** A pattern as it reads without symbolic links in what it names. */
  readonly withoutLinks: (pattern: string) => string;
}

/** Changes of these execute nothing else than before. */
const HARMLESS: ReadonlySet<string> = new Set<keyof ProcessSpec>([
  ...(['name', 'limits', 'restart', 'stop', 'reload', 'logs', 'schedule', 'anomaly', 'zombies', 'healing'] as const),
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
 * A definition that a remote caller may register, with its files named as they were checked: without symbolic links, so
 * that nobody can turn one afterwards.
 * @throws HealerError NOT_ALLOWED_EXECUTABLE or FORBIDDEN
 */
export function admitDefinition(definition: ProcessSpecInput, caller: Caller, admission: Admission): ProcessSpecInput {
  refuseAutostart(definition.autostart ?? true, caller, admission);
  const pathOf = examine(definition, admission);
  const command = definition.shell === true ? definition.command : pathOf(definition.command);
  return { ...definition, ...checkByPath(definition.health, pathOf), command };
}

/** As `admitDefinition`, for a change of what is defined already: judged is what comes of it, fields merged into fields. */
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

/** As the registry does it. */
function mergeChanges(current: ProcessSpec, changes: DefinitionChanges): ProcessSpec {
  const { data, error } = processSpecSchema.safeParse(mergeFields({ ...current }, { ...changes }));
  if (error === undefined) return data;
  throw new HealerError('INVALID_CONFIG', `the change does not fit "${current.id}": ${error.issues[0]?.message ?? ''}`);
}

function refuseAutostart(autostart: boolean, caller: Caller, { settings }: Admission): void {
  if (!autostart || caller === 'trusted' || settings().permissions.allowAutostart) return;
  throw new HealerError(
    'FORBIDDEN',
    'callers that are not trusted may not define programs that start by themselves: allowAutostart is off; define it with "autostart": false',
  );
}

/** What comes to an operation that has a route of its own: who may not go that way may not go this one. */
function refuseOperations(changes: DefinitionChanges, caller: Caller, { settings }: Admission): void {
  const missing = caller === 'trusted' ? [] : missingPermissions(neededFor(changes), settings().permissions);
  if (missing.length === 0) return;
  const list = missing.join(' and ');
  throw new HealerError('FORBIDDEN', `callers that are not trusted may not change that here: ${list} is off`);
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
 * Judges all that a definition would execute, and tells the files that its words lead to.
 * @throws HealerError NOT_ALLOWED_EXECUTABLE
 */
function examine(definition: ProcessSpecInput, { settings, findExecutable, withoutLinks }: Admission): PathOf {
  const { whitelist, blacklist } = settings();
  const rules = {
    whitelist,
    // What is meant is the file, whatever way leads to it.
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
