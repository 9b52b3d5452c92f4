import { resolve } from 'node:path';
import type { DefinitionChanges } from '../../protocol/definition.ts';
import type { CommandOptions } from '../command/command.ts';

/**
 * The fields of a definition that a command line names, and no others. A command with a slash is looked up from where
 * the command line was typed, as a shell does it.
 */
export function definitionFields([command, ...args]: readonly string[], options: CommandOptions): DefinitionChanges {
  const { cpu, memory, cwd, env, restart, instances, autostart } = options;
  const limits = {
    ...(cpu === undefined ? {} : { cpuPercent: cpu }),
    ...(memory === undefined ? {} : { memoryMb: memory }),
  };
  return {
    ...(command === undefined ? {} : { command: command.includes('/') ? resolve(command) : command, args }),
    ...(cwd === undefined ? {} : { cwd: resolve(cwd) }),
    ...(typeof env === 'object' ? { env: { ...env } } : {}),
    ...(restart === undefined || restart === true ? {} : { restart: { policy: restart } }),
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
    ...(instances === undefined ? {} : { instances }),
    ...(autostart === undefined ? {} : { autostart }),
  };
}
