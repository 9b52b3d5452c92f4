import { isAlive } from '../../base/process-liveness.ts';
import type { Machine } from './machine.ts';
import { error, ok, type Verdict, warning } from './finding.ts';

/** The lock names its holder; the socket tells whether that one answers. */
export async function checkEngine({ paths, read, stat, engineProblem }: Machine): Promise<Verdict> {
  const pid = Number(/"pid":(\d+)/.exec(read(paths.lock) ?? '')?.[1] ?? 0);
  const isHeld = pid !== 0 && isAlive(pid);
  const problem = await engineProblem();
  if (problem === null) return ok(`an engine answers on "${paths.socket}" (pid ${pid})`);
  if (problem !== 'not running') return error(problem.message, `see "${paths.engineLog}"`);
  if (isHeld) {
    const fix = `see "${paths.engineLog}"; "kill -9 ${pid}" ends it, and its programs go on`;
    return error(`the engine (pid ${pid}) holds the lock but does not answer`, fix);
  }
  if (stat(paths.socket) === null) return ok('no engine runs; "healer up" starts one');
  return warning('an engine ended without clearing away', '"healer up" takes its programs over');
}

/** Linux cuts longer addresses; then the socket is in the temporary folder, which cleaners may empty. */
export function checkSocketPath({ paths, env }: Machine): Verdict {
  const bytes = `${Buffer.byteLength(paths.socket)} of 107 bytes`;
  const isMoved = env['HEALER_HOME'] !== undefined && !paths.socket.startsWith(env['HEALER_HOME']);
  if (!isMoved) return ok(`"${paths.socket}" (${bytes})`);
  return warning(`HEALER_HOME is too long for a socket: it is "${paths.socket}"`, 'choose a shorter HEALER_HOME');
}
