import { existsSync, rmSync } from 'node:fs';
import { formatDuration } from '../../base/duration.ts';
import { HealerError, toHealerError } from '../../protocol/errors.ts';
import type { Connection } from '../../client/connection/connection.ts';
import type { ShutdownResult } from '../../protocol/results/shutdown-result.ts';
import type { RunOf } from '../command/command.ts';
import type { ENGINE_COMMANDS } from '../command-groups/engine-commands.ts';
import { type Context, withConnection } from '../command/context.ts';
import { endWatcher } from '../engine/end-watcher.ts';
import { connectIfRunning } from '../engine/start-engine.ts';
import type { Terminal } from '../output/terminal.ts';
import { isAlive } from '../../base/process-liveness.ts';

/** An engine that has answered only has to clear away. */
const CLEAR_AWAY_MS = 15_000;
/** One that hung up first may still be stopping programs that take their time. */
const STOP_MS = 60_000;
const POLL_MS = 20;

export const run: RunOf<typeof ENGINE_COMMANDS.down> = async (context, _args, { keep, timeoutMs }) => {
  const { terminal } = context;
  if (isCrash(context)) {
    terminal.note('the service ended by itself, so its programs are left to the next engine');
    return 0;
  }
  const watcher = context.remote === null ? await endWatcher(context) : null;
  if (watcher !== null && (await connectIfRunning(context.paths)) === null) return endedWithout(context, watcher);
  const { pid, result } = await withConnection(context, async (connection) => {
    await showProgress(terminal, connection, keep);
    return { pid: connection.hello.pid, result: await shutdown(connection, keep, timeoutMs) };
  });
  // A pid of another machine says nothing here.
  if (context.remote === null) await waitForEnd(context, pid, result === null ? STOP_MS : CLEAR_AWAY_MS);
  if (result === null && context.remote === null && existsSync(context.paths.socket)) throw endedBadly(pid);
  if (terminal.json) terminal.printJson({ pid, ...(watcher === null ? {} : { watcher }), ...(result ?? {}) });
  else {
    if (watcher !== null) terminal.print(`The watcher (pid ${watcher}) ended first.`);
    printResult(terminal, pid, result);
  }
  return 0;
};

/** systemd runs ExecStop also when the engine died (systemd.exec(5), $SERVICE_RESULT): nobody wants it down then. */
function isCrash({ env, remote }: Context): boolean {
  const result = env['SERVICE_RESULT'];
  return remote === null && result !== undefined && result !== 'success';
}

/** The engine had died, and the watcher was about to start it again. */
function endedWithout({ terminal, paths }: Context, watcher: number): number {
  rmSync(paths.startNote, { force: true });
  if (terminal.json) terminal.printJson({ pid: null, watcher });
  else terminal.print(`The watcher (pid ${watcher}) ended; the engine had died, its programs run on.`);
  return 0;
}

/** Null when the connection ended before the answer: then the engine was quicker than its reply. */
async function shutdown(
  { api }: Connection,
  keep: boolean,
  timeoutMs: number | undefined,
): Promise<ShutdownResult | null> {
  try {
    return await api.shutdown({ keep, timeoutMs });
  } catch (error) {
    if (toHealerError(error).code === 'ENGINE_NOT_RUNNING') return null;
    throw error;
  }
}

/** Counts down the programs that still have to end, for a person who waits. */
async function showProgress(terminal: Terminal, connection: Connection, keep: boolean): Promise<void> {
  if (!terminal.isInteractive || keep) return;
  const pids = new Map<string, number>();
  await connection.subscribe('snapshot', { intervalMs: 200 }, ({ rows }) => {
    for (const { id, pid } of rows) {
      if (pid === null) pids.delete(id);
      else pids.set(id, pid);
    }
    terminal.progress(pids.size === 0 ? 'stopping the engine' : `stopping: ${pids.size} still run`);
  });
}

async function waitForEnd({ paths, terminal }: Context, pid: number, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (isAlive(pid)) {
    if (performance.now() > deadline) {
      throw new HealerError(
        'TIMEOUT',
        `the engine (pid ${pid}) was told to end and does not — "kill -9 ${pid}" ends it, see "${paths.engineLog}"`,
        { pid },
      );
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  terminal.progress(null);
}

/** An engine that ends well takes its socket away. */
function endedBadly(pid: number): HealerError {
  return new HealerError(
    'INTERNAL',
    `the engine (pid ${pid}) ended before it had stopped everything — "healer up" takes the programs over, then try again`,
    { pid },
  );
}

function printResult(terminal: Terminal, pid: number, result: ShutdownResult | null): void {
  if (result === null) {
    terminal.print(`The engine (pid ${pid}) ended.`);
    return;
  }
  const { stopped, forced, kept, tookMs } = result;
  if (forced.length > 0) terminal.print(`Killed, since they ignored their stop signal: ${forced.join(', ')}.`);
  if (kept.length > 0) terminal.print(`Still running, for the next "healer up" to take over: ${kept.join(', ')}.`);
  const count = stopped.length === 1 ? '1 program' : `${stopped.length} programs`;
  terminal.print(`Stopped ${count} and the engine (pid ${pid}) in ${formatDuration(tookMs)}.`);
}
