import { accessSync, constants, existsSync } from 'node:fs';
import { statsOf } from '../../base/stats-of.ts';
import { HealerError } from '../../protocol/errors.ts';
import { describeErrno } from './errno-text.ts';
import { describeFirstLine, describeFormat, describeMissingInterpreter, headOf, interpreterOf } from './file-format.ts';
import type { LaunchRequest } from './launcher.ts';

/** What an explanation looks at. */
type Attempt = Pick<LaunchRequest, 'file' | 'cwd'>;

/** Explains why the kernel refused to start a program, and how to fix it. */
export function spawnFailure(request: Attempt, errno: string, cause: unknown): HealerError {
  const facts = { errno, path: request.file };
  return new HealerError('SPAWN_FAILED', `cannot start "${request.file}": ${explain(request, errno)}`, facts, {
    cause,
  });
}

/** Returns an errno in words, after a look at the file that it is about. */
export function explain({ file, cwd }: Attempt, errno: string): string {
  switch (errno) {
    case 'ENOENT':
      if (!existsSync(cwd)) return `the working folder "${cwd}" does not exist`;
      return existsSync(file) ? describeMissingInterpreter(file) : 'the file does not exist';
    case 'EACCES':
      return explainRefusal(file, cwd);
    case 'ENOEXEC':
      return describeFormat(file);
    case 'ENOTDIR':
      return existsSync(file) ? `the working folder "${cwd}" is not a folder` : describeErrno(errno);
    default:
      return describeErrno(errno);
  }
}

function explainRefusal(file: string, cwd: string): string {
  if (isFolder(file)) return 'permission denied: it is a folder';
  const head = headOf(file);
  const problem = describeFirstLine(head);
  if (problem !== null) return problem;
  const interpreter = interpreterOf(head.split('\n', 1)[0] ?? '');
  if (interpreter !== '' && mayExecute(file)) {
    if (isFolder(interpreter)) return `the interpreter named in its first line, "${interpreter}", is a folder`;
    if (existsSync(interpreter) && !mayExecute(interpreter)) {
      return `the interpreter named in its first line, "${interpreter}", is not executable`;
    }
  }
  return `permission denied; check the permissions of the file and of the working folder "${cwd}"`;
}

function isFolder(path: string): boolean {
  return statsOf(path)?.isDirectory() === true;
}

function mayExecute(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
