import { isAbsolute, relative } from 'node:path';
import { realPath } from './file-mode.ts';
import type { Imported, ImportedProgram, SpecDraft } from './imported.ts';

/**
 * Returns programs with paths relative to the folder of the file that they are written to, so that it can be moved together
 * with its project. Paths outside of the folder stay absolute, and the folder itself is the default.
 */
export function withRelativePaths<T extends Imported>(imported: T, folder: string): T {
  // A script reports paths without symbolic links.
  const folders = [...new Set([folder, realPath(folder)])];
  return { ...imported, programs: imported.programs.map((program) => relativeIn(program, folders)) };
}

function relativeIn(program: ImportedProgram, folders: readonly string[]): ImportedProgram {
  const { cwd, command, envFile, shell } = program.spec;
  const spec: SpecDraft = {
    ...program.spec,
    command: shell === true ? command : pathFrom(folders, command),
    ...(typeof envFile === 'string' && { envFile: envFileFrom(folders, envFile) }),
    ...(Array.isArray(envFile) && { envFile: envFile.map((file) => envFileFrom(folders, file)) }),
  };
  if (typeof cwd === 'string') spec.cwd = pathFrom(folders, cwd);
  if (typeof cwd === 'string' && folders.includes(cwd)) delete spec.cwd;
  return { ...program, spec };
}

/** A leading question mark means that the file may be missing. */
function envFileFrom(folders: readonly string[], file: string): string {
  return file.startsWith('?') ? `?${pathFrom(folders, file.slice(1))}` : pathFrom(folders, file);
}

function pathFrom(folders: readonly string[], path: string): string {
  if (!isAbsolute(path)) return path;
  const inside = folders.map((folder) => relative(folder, path)).find((part) => part !== '' && !part.startsWith('..'));
  return inside === undefined ? path : `./${inside}`;
}
