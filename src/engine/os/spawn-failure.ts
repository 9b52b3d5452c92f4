import { existsSync } from 'node:fs';
import { HealerError } from '../../protocol/errors.ts';
import type { LaunchRequest } from './launcher.ts';

/** Explains why the kernel refused to start a program, and how to fix it. */
export function spawnFailure(request: LaunchRequest, errno: string, cause: unknown): HealerError {
  const facts = { errno, path: request.file };
  return new HealerError('SPAWN_FAILED', `cannot start "${request.file}": ${adviceOn(request, errno)}`, facts, {
    cause,
  });
}

function adviceOn({ cwd }: LaunchRequest, errno: string): string {
  switch (errno) {
    case 'ENOENT':
      return existsSync(cwd)
        ? 'the file, or the interpreter named in its first line, does not exist'
        : `the working folder "${cwd}" does not exist`;
    case 'EACCES':
      return `permission denied; check the permissions of the file and of the working folder "${cwd}"`;
    case 'ENOEXEC':
      return 'the file is neither a binary nor a script with a #! line';
    case 'EAGAIN':
      return 'the limit on processes is reached (ulimit -u)';
    case 'EMFILE':
    case 'ENFILE':
      return 'the limit on open files is reached (ulimit -n)';
    case 'ENOMEM':
      return 'not enough memory';
    case 'E2BIG':
      return 'the arguments and environment are too long';
    default:
      return errno;
  }
}
