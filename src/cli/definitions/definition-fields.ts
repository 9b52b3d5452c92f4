import { setFields } from './set-fields.ts';
import { existingFolder } from './existing-folder.ts';
import { isAbsolute, resolve } from 'node:path';
import { HealerError } from '../../protocol/errors.ts';
import type { DefinitionChanges } from '../../protocol/definition.ts';
import type { OptionValues } from '../command/option.ts';
import type { DEFINITION_OPTIONS } from '../command/shared-options.ts';

/**
 * Returns only the fields of a definition that the command line sets. As in a shell, a command with a slash is relative
 * to the current folder.
 */
export function definitionFields(
  [command, ...args]: readonly string[],
  options: OptionValues<typeof DEFINITION_OPTIONS>,
): DefinitionChanges {
  const { cpu, memory, cwd, type, pidFile, env, restart, instances, autostart, set = [] } = options;
  const limits = {
    ...(cpu === undefined ? {} : { cpuPercent: cpu }),
    ...(memory === undefined ? {} : { memoryMb: memory }),
  };
  const fields: DefinitionChanges = {
    ...(command === undefined
      ? {}
      : { command: command.includes('/') ? resolveHere(command, 'the command') : command, args }),
    ...(cwd === undefined ? {} : { cwd: resolveHere(cwd, '--cwd') }),
    ...(type === undefined ? {} : { type }),
    ...(pidFile === undefined ? {} : { pidFile: resolveHere(pidFile, '--pid-file') }),
    ...(env === undefined ? {} : { env: { ...env } }),
    ...(restart === undefined ? {} : { restart: { policy: restart } }),
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
    ...(instances === undefined ? {} : { instances }),
    ...(autostart === undefined ? {} : { autostart }),
  };
  // The schema checks the fields that are set, as it checks those of a file.
  return setFields({ ...fields }, set);
}

function resolveHere(path: string, option: string): string {
  if (path === '') throw new HealerError('INVALID_CONFIG', `${option} is empty — write a path`);
  return isAbsolute(path) ? resolve(path) : resolve(existingFolder(), path);
}
