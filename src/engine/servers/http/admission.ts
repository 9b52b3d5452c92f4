import { matchesPathPattern } from '../../../config/path-pattern.ts';
import type { RemoteSettings } from '../../../config/registry/remote-endpoints.ts';
import { type ExecutableFacts, executionProblem, wordsOf } from '../../../policy/remote-access/executables.ts';
import type { Caller } from '../../../policy/remote-access/caller.ts';
import type { DefinitionChanges } from '../../../protocol/definition.ts';
import { HealerError } from '../../../protocol/errors.ts';
import type { ProcessSpec, ProcessSpecInput } from '../../../protocol/process-spec.ts';

/** What a word of a command line comes to, searched for from a folder; null for what is no executable file. */
export type FindExecutable = (word: string, cwd: string | null) => ExecutableFacts | null;

export interface Admission {
  readonly settings: () => RemoteSettings;
  readonly findExecutable: FindExecutable;
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
  const facts = examine(definition, admission);
  return { ...definition, ...filesOf(definition, facts) };
}

/** As `admitDefinition`, for a change of what is defined already. */
export function admitChanges(
  current: ProcessSpec,
  changes: DefinitionChanges,
  caller: Caller,
  admission: Admission,
): DefinitionChanges {
  if (changes.autostart !== undefined) refuseAutostart(changes.autostart, caller, admission);
  const names = Object.keys(changes);
  if (names.every((name) => HARMLESS.has(name))) return changes;
  const facts = examine({ ...current, ...changes }, admission);
  const { command, health } = filesOf({ ...current, ...changes }, facts);
  return {
    ...changes,
    ...(changes.command === undefined ? {} : { command }),
    ...(changes.health === undefined || health === undefined ? {} : { health }),
  };
}

function refuseAutostart(autostart: boolean, caller: Caller, { settings }: Admission): void {
  if (!autostart || caller === 'trusted' || settings().permissions.allowAutostart) return;
  throw new HealerError(
    'FORBIDDEN',
    'callers that are not trusted may not define programs that start by themselves: allowAutostart is off; define it with "autostart": false',
  );
}

type Facts = ReadonlyMap<string, ExecutableFacts>;

function examine(definition: ProcessSpecInput, { settings, findExecutable }: Admission): Facts {
  const { whitelist, blacklist } = settings();
  const rules = { whitelist, blacklist, matches: matchesPathPattern };
  const cwd = definition.cwd ?? null;
  const found = wordsOf(definition).map((word) => [word, findExecutable(word, cwd)] as const);
  const facts = new Map(found.flatMap(([word, fact]) => (fact === null ? [] : [[word, fact] as const])));
  const problem = executionProblem(definition, facts, rules);
  if (problem === null) return facts;
  throw new HealerError('NOT_ALLOWED_EXECUTABLE', `"${definition.id}" cannot be registered remotely: ${problem}`, {
    id: definition.id,
  });
}

/** The commands of a definition by the paths of their files. */
function filesOf(definition: ProcessSpecInput, facts: Facts): Pick<ProcessSpecInput, 'command' | 'health'> {
  const { shell = false, health } = definition;
  const command = shell ? definition.command : (facts.get(definition.command)?.realPath ?? definition.command);
  if (health?.check.type !== 'exec') return { command, ...(health === undefined ? {} : { health }) };
  const { check } = health;
  const file = facts.get(check.command)?.realPath ?? check.command;
  return { command, health: { ...health, check: { ...check, command: file } } };
}
