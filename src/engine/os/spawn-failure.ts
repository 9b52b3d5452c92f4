import { existsSync } from 'node:fs';
import { HealerError } from '../../protocol/errors.ts';
import type { LaunchRequest } from './launcher.ts';

/** What the kernel's refusal to start a program means to the person who has to mend it. */
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
        ? 'it, or the interpreter its first line names, does not exist'
        : `its working folder "${cwd}" does not exist`;
    case 'EACCES':
      return `permission denied; check the file's mode and that "${cwd}" may be entered`;
    case 'ENOEXEC':
      return 'it is neither a program nor a script with a #! line';
    case 'EAGAIN':
      return 'the limit on processes is reached (ulimit -u)';
    case 'EMFILE':
    case 'ENFILE':
      return 'the limit on open files is reached (ulimit -n)';
    case 'ENOMEM':
      return 'there is not enough memory';
    case 'E2BIG':
      return 'its arguments and environment are too long';
    default:
      return errno;
  }
}
