import type { ConfigProblem } from '../reading/config-problem.ts';
import type { Definition, SourceReading } from '../reading/source-reading.ts';

/** How strictly a command examines the files that it was given or found. */
export type FileCheck = 'named' | 'found';

/**
 * Returns a problem for each file in which nothing can be used: a file that was named on the command line must define
 * something, and a file that was found in a folder must not consist of errors.
 */
export function unusableFiles(
  readings: readonly SourceReading[],
  files: readonly string[],
  check: FileCheck,
): readonly ConfigProblem[] {
  return readings
    .filter(({ file }) => files.includes(file))
    .filter((reading) => !isUsable(reading, readings) && (check === 'named' || hasErrors(reading)))
    .map(({ file, problems, definitions }) => {
      const errors = problems.filter(({ severity }) => severity === 'error');
      const [first] = errors;
      if (first === undefined) return withoutCommand(definitions) ?? nothingIn(file);
      const more = errors.length - 1;
      const others = more === 0 ? '' : `, and ${String(more)} more ${more === 1 ? 'error' : 'errors'}`;
      return { ...first, hint: `${first.hint}${others}` };
    });
}

function isUsable({ definitions, common }: SourceReading, all: readonly SourceReading[]): boolean {
  const hasSettings = common.defaults !== null || common.healing !== null || Object.keys(common.binaries).length > 0;
  return hasSettings || definitions.some((definition) => definition.isValid && hasCommand(definition, all));
}

/** Whether the file, or another one, says what the program runs. */
function hasCommand({ id, ...own }: Definition, all: readonly SourceReading[]): boolean {
  if (commands(own)) return true;
  return all.some(({ definitions }) => definitions.some((other) => other.id === id && commands(other)));
}

function commands({ fields, implied }: Pick<Definition, 'fields' | 'implied'>): boolean {
  return fields['command'] !== undefined || implied['command'] !== undefined;
}

function withoutCommand(definitions: readonly Definition[]): ConfigProblem | null {
  const [first] = definitions;
  if (first === undefined) return null;
  const { line, column } = first.placeAt([], 'key') ?? { line: null, column: null };
  const message = `command is missing for "${first.id}"`;
  return { severity: 'error', file: first.file, line, column, message, hint: 'for example: command: node' };
}

function hasErrors({ problems }: SourceReading): boolean {
  return problems.some(({ severity }) => severity === 'error');
}

function nothingIn(file: string): ConfigProblem {
  const message = 'this file defines no programs';
  const hint = 'add programs to it, or name another file';
  return { severity: 'error', file, line: null, column: null, message, hint };
}
