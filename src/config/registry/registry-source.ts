import { toHealerError } from '../../protocol/errors.ts';
import type { ConfigProblem } from '../reading/config-problem.ts';
import { EMPTY_REGISTRY, type Fields, type Registry } from './registry-content.ts';
import { readRegistry } from './registry-file.ts';
import { settingProblems } from './settings.ts';

/** What the registry says of one program. */
export interface RegistryDefinition {
  readonly id: string;
  readonly fields: Fields;
  /** Shown where the program is described. */
  readonly origin: string;
  /** True when it only changes what another source defines, and by itself defines nothing. */
  readonly isOverride: boolean;
}

export interface RegistrySource {
  readonly registry: Registry;
  readonly definitions: readonly RegistryDefinition[];
  readonly problems: readonly ConfigProblem[];
  /** False when it could not be read: then nobody knows which programs are gone. */
  readonly isComplete: boolean;
}

/** How the registry is named where a program's origin is told. */
const REGISTRY_ORIGIN = 'registry';

/** The registry as a source of programs. Never throws: what cannot be read is a problem. */
export function loadRegistry(file: string): RegistrySource {
  try {
    const found = readRegistry(file);
    if (found.kind !== 'read') return unread(file, found.problem);
    return sourceOfRegistry(found.registry, file);
  } catch (error) {
    return unread(file, toHealerError(error).message);
  }
}

/** What a registry that was read says. @param file where its problems are told to be */
export function sourceOfRegistry(registry: Registry, file: string): RegistrySource {
  return {
    registry,
    definitions: [...definitions(registry.programs, false), ...definitions(registry.overrides, true)],
    problems: settingProblems(registry.settings).map((problem) => registryProblem(file, problem)),
    isComplete: true,
  };
}

/** A problem of the registry as a whole or of a program in it: its lines are not what a person wrote. */
function registryProblem(
  file: string,
  { message, hint }: { readonly message: string; readonly hint: string },
): ConfigProblem {
  return { severity: 'error', file, line: null, column: null, message, hint };
}

function unread(file: string, why: string): RegistrySource {
  const message = `cannot read the registry: ${why}`;
  const hint = 'nothing is changed until it can be read; mend it, or move it away';
  return {
    registry: EMPTY_REGISTRY,
    definitions: [],
    problems: [registryProblem(file, { message, hint })],
    isComplete: false,
  };
}

function definitions(table: Registry['programs'], isOverride: boolean): RegistryDefinition[] {
  return Object.entries(table).map(([id, fields]) => ({ id, fields, origin: REGISTRY_ORIGIN, isOverride }));
}
