import { isAlive } from '../../base/process-liveness.ts';
import type { Machine } from './machine.ts';
import { error, ok, type Verdict, warning } from './diagnosis.ts';

/** The lock contains the pid of the engine; a connection to the socket shows whether it answers. */
export async function checkEngine({ paths, read, stat, engineProblem }: Machine): Promise<Verdict> {
  const pid = Number(/"pid":(\d+)/.exec(read(paths.lock) ?? '')?.[1] ?? 0);
  const isHeld = pid !== 0 && isAlive(pid);
  const problem = await engineProblem();
  if (problem === null) return ok(`the engine answers on "${paths.socket}" (pid ${pid})`);
  if (problem !== 'not running') return error(problem.message, `see "${paths.engineLog}"`);
  if (isHeld) {
    const fix = `see "${paths.engineLog}"; run "kill -9 ${pid}" to kill the engine; its programs keep running`;
    return error(`the engine (pid ${pid}) is running but does not answer`, fix);
  }
  if (stat(paths.socket) === null) return ok('the engine is not running; start it with "healer up"');
  return warning('the last engine did not exit cleanly', 'run "healer up" to adopt its programs');
}

/** Linux limits the length of socket paths. A longer one is moved to the temporary folder, which may be cleaned up. */
export function checkSocketPath({ paths, env }: Machine): Verdict {
  const bytes = `${Buffer.byteLength(paths.socket)} of 107 bytes`;
  const isMoved = env['HEALER_HOME'] !== undefined && !paths.socket.startsWith(env['HEALER_HOME']);
  if (!isMoved) return ok(`"${paths.socket}" (${bytes})`);
  return warning(
    `HEALER_HOME is too long for a socket path; the socket is "${paths.socket}"`,
    'choose a shorter HEALER_HOME',
  );
}
