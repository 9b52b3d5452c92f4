import { ownershipProblem } from '../../base/ownership.ts';
import { toHealerError } from '../../protocol/errors.ts';
import type { ConfigProblem } from '../reading/config-problem.ts';
import type { ValuePath } from '../reading/located-value.ts';
import { type Definition, NOTHING_COMMON, type SourceReading } from '../reading/source-reading.ts';
import { EMPTY_REGISTRY, type Registry } from './registry-content.ts';
import { ignoredPatterns } from './ignored-patterns.ts';
import { readRegistryFile } from './registry-file.ts';
import { settingProblems, validSettings } from './settings.ts';

/** The registry as a source of programs. It is read last, so its fields override those of every file. */
export interface RegistryReading extends SourceReading {
  /** Empty when the registry could not be read. */
  readonly content: Registry;
}

/** The origin of programs that the registry defines, as `healer describe` shows it. */
export const REGISTRY_ORIGIN = 'registry';

/** Reads the registry. Never throws: a registry that cannot be read results in a problem. */
export function readRegistry(file: string): RegistryReading {
  try {
    const unsafe = ownershipProblem(file);
    if (unsafe !== null) return unreadable(file, unsafe.message, unsafe.hint);
    const found = readRegistryFile(file);
    return found.kind === 'read' ? registryReadingOf(found.registry, file) : unreadable(file, found.problem);
  } catch (error) {
    return unreadable(file, toHealerError(error).message);
  }
}

/** Returns the reading of a registry whose content is known. @param file the path that problems are reported for */
export function registryReadingOf(content: Registry, file: string): RegistryReading {
  const { healing = null, binaries = {} } = validSettings(content.settings);
  return {
    content,
    file,
    definitions: [...definitionsOf(content.programs, file, false), ...definitionsOf(content.overrides, file, true)],
    common: { defaults: null, healing, binaries },
    problems: [
      ...settingProblems(content.settings).map((problem) => registryProblem(file, problem)),
      ...whitelistProblems(content, file),
    ],
    isComplete: true,
    isBlank: false,
    isAllOrNothing: false,
  };
}

function definitionsOf(programs: Registry['programs'], file: string, isOverride: boolean): Definition[] {
  return Object.entries(programs).map(([id, fields]) => {
    const depthOf = (path: ValuePath): number => (path[0] !== undefined && path[0] in fields ? path.length : 0);
    const origin = REGISTRY_ORIGIN;
    return { id, fields, file, origin, isOverride, depthOf, placeAt: () => null, implied: {}, isValid: true };
  });
}

/** A pattern may have had an effect in an earlier version, so this is only a warning. */
function whitelistProblems({ settings }: Registry, file: string): readonly ConfigProblem[] {
  const { patterns = [] } = validSettings(settings)['executable-whitelist'] ?? {};
  const ignored = ignoredPatterns(patterns, process.env['PATH']);
  return ignored.map((pattern) => ({ ...registryProblem(file, pattern), severity: 'warning' }));
}

/** Without a line: healer writes the registry, so its lines mean nothing to the user. */
function registryProblem(
  file: string,
  { message, hint }: { readonly message: string; readonly hint: string },
): ConfigProblem {
  return { severity: 'error', file, line: null, column: null, message, hint };
}

function unreadable(file: string, why: string, nextStep = 'fix it or move it away'): RegistryReading {
  const message = `cannot read the registry: ${why}`;
  const hint = `${nextStep}; programs do not change until it can be read`;
  return {
    content: EMPTY_REGISTRY,
    file,
    definitions: [],
    common: NOTHING_COMMON,
    problems: [registryProblem(file, { message, hint })],
    isComplete: false,
    isBlank: false,
    isAllOrNothing: false,
  };
}
