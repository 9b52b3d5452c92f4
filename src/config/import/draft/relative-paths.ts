import { isAbsolute, relative } from 'node:path';
import type { Imported, ImportedProgram, SpecDraft } from './imported.ts';

/**
 * Returns programs with paths relative to the folder of the file that they are written to, so that it can be moved together
 * with its project. Paths outside of the folder stay absolute, and the folder itself is the default.
 */
export function withRelativePaths<T extends Imported>(imported: T, folder: string): T {
  return { ...imported, programs: imported.programs.map((program) => relativeIn(program, folder)) };
}

function relativeIn(program: ImportedProgram, folder: string): ImportedProgram {
  const { cwd, command, envFile, shell } = program.spec;
  const spec: SpecDraft = {
    ...program.spec,
    command: shell === true ? command : pathFrom(folder, command),
    ...(typeof envFile === 'string' && { envFile: pathFrom(folder, envFile) }),
  };
  if (typeof cwd === 'string' && cwd !== folder) spec.cwd = pathFrom(folder, cwd);
  if (cwd === folder) delete spec.cwd;
  return { ...program, spec };
}

function pathFrom(folder: string, path: string): string {
  if (!isAbsolute(path)) return path;
  const inside = relative(folder, path);
  return inside === '' || inside.startsWith('..') ? path : `./${inside}`;
}
