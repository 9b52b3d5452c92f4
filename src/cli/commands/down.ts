import { existsSync, rmSync } from 'node:fs';
import { formatDuration } from '../../base/duration.ts';
import { HealerError, toHealerError } from '../../protocol/errors.ts';
import type { Connection } from '../../client/connection/connection.ts';
import type { ShutdownResult } from '../../protocol/results/shutdown-result.ts';
import type { RunOf } from '../command/command.ts';
import type { ENGINE_COMMANDS } from '../command-groups/engine-commands.ts';
import { type Context, withConnection } from '../command/context.ts';
import { refuseRemote } from '../command/remote-engine.ts';
import { whileWaiting } from '../report/while-waiting.ts';
import { endAgent } from '../engine/end-agent.ts';
import { endWatcher } from '../engine/end-watcher.ts';
import { startToEnd } from '../engine/left-running.ts';
import { connectIfRunning } from '../engine/start-engine.ts';
import type { Terminal } from '../output/terminal.ts';
import { isAlive } from '../../base/process-liveness.ts';

/** How long an engine that has answered may take to exit. */
const CLEAR_AWAY_MS = 15_000;
/** How long an engine that closed the connection first may take to stop slow programs. */
const STOP_MS = 60_000;
const POLL_MS = 20;

export const run: RunOf<typeof ENGINE_COMMANDS.down> = async (context, _args, { file, yes, keep, timeoutMs }) => {
  const { terminal } = context;
  if (file !== undefined) return dropFiles(context, { files: file, yes, keep });
  if (isCrash(context)) {
    terminal.note('the service was not stopped on purpose, so its programs keep running for the next engine');
    return 0;
  }
  const watcher = context.remote === null ? await endWatcher(context) : null;
  const endsRemains = context.remote === null && !keep && (await startToEnd(context));
  if (endsRemains) endLeftAgent(context);
  if (watcher !== null && (await connectIfRunning(context.paths)) === null)
    return stoppedWatcherOnly(context, watcher, keep);
  const { pid, result } = await withConnection(context, async (connection) => {
    // An engine that has no room for a subscription can still be stopped.
    await showProgress(terminal, connection, keep).catch(() => undefined);
    const { api } = connection;
    const kill = (): Promise<unknown> => api.shutdown({ timeoutMs: 0 });
    const waiting = { terminal, api, isMeant: () => true, hint: 'healer down --timeout 2s', kill };
    return { pid: connection.hello.pid, result: await whileWaiting(waiting, shutdown(connection, keep, timeoutMs)) };
  }).catch((error: unknown) => {
    if (toHealerError(error).code === 'ENGINE_NOT_RUNNING' && context.remote === null) endLeftAgent(context);
    throw error;
  });
  // The pid belongs to another machine, so it cannot be checked here.
  if (context.remote === null) await waitForEnd(context, pid, result === null ? STOP_MS : CLEAR_AWAY_MS);
  if (result === null && context.remote === null && existsSync(context.paths.socket)) throw exitedEarly(pid);
  if (endsRemains && result !== null && !hasEnded(result))
    return watcher === null
      ? withConnection(context, () => Promise.resolve(0))
      : stoppedWatcherOnly(context, watcher, false);
  if (terminal.json) {
    const ofWatcher = watcher === null ? {} : { watcher };
    terminal.printJson({ pid: endsRemains ? null : pid, ...ofWatcher, ...(result ?? {}) });
  } else {
    if (watcher !== null) terminal.print(`Stopped the watcher (pid ${watcher}).`);
    printResult(terminal, endsRemains ? null : pid, keep, result);
  }
  return result === null || keep || isComplete(result) ? 0 : 1;
};

async function dropFiles(
  context: Context,
  { files, yes, keep }: { readonly files: readonly string[]; readonly yes: boolean; readonly keep: boolean },
): Promise<number> {
  refuseRemote(context, 'down -f');
  if (keep) {
    const message = '--keep and -f exclude each other: --keep leaves programs for the next engine, -f removes programs';
    throw new HealerError('INVALID_CONFIG', message);
  }
  const { dropSources } = await import('./drop-sources.ts');
  return dropSources(context, files, yes);
}

/**
 * systemd also runs ExecStop after the engine has died (systemd.exec(5), $SERVICE_RESULT). Programs must not be stopped
 * then.
 */
function isCrash({ env, remote }: Context): boolean {
  const result = env['SERVICE_RESULT'];
  return remote === null && result !== undefined && result !== 'success';
}

/** The agent of a killed engine shows the fleet that the engine is away, until another engine or this command follows. */
function endLeftAgent({ terminal, paths }: Context): void {
  const agent = endAgent(paths);
  if (agent !== null) terminal.note(`Ended the fleet agent (pid ${agent}) of an engine that was killed.`);
}

/** Reports that only the watcher was stopped: the engine had died, and the watcher was about to restart it. */
function stoppedWatcherOnly(context: Context, watcher: number, keep: boolean): number {
  const { terminal, paths } = context;
  rmSync(paths.startNote, { force: true });
  endLeftAgent(context);
  const programs = keep ? 'its programs keep running' : 'none of its programs is left';
  if (terminal.json) terminal.printJson({ pid: null, watcher });
  else terminal.print(`Stopped the watcher (pid ${watcher}). The engine was not running; ${programs}.`);
  return 0;
}

/** Returns whether an engine that was started to end what is left has found something. */
function hasEnded({ stopped, escapedEnded = 0, kept, survivors = [] }: ShutdownResult): boolean {
  return stopped.length + escapedEnded + kept.length + survivors.length > 0;
}

/** Returns null if the connection closed before the reply, because the engine exited first. */
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

/** Shows how many programs are still running while the user waits. */
async function showProgress(terminal: Terminal, connection: Connection, keep: boolean): Promise<void> {
  if (terminal.json || terminal.quiet || keep) return;
  const pids = new Map<string, number>();
  await connection.subscribe('snapshot', { intervalMs: 200 }, ({ rows }) => {
    for (const { id, pid } of rows) {
      if (pid === null) pids.delete(id);
      else pids.set(id, pid);
    }
    terminal.progress(pids.size === 0 ? 'stopping the engine' : `stopping programs: ${pids.size} left`);
  });
}

async function waitForEnd({ paths, terminal }: Context, pid: number, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (isAlive(pid)) {
    if (performance.now() > deadline) {
      throw new HealerError(
        'TIMEOUT',
        `the engine (pid ${pid}) did not exit in time — see "${paths.engineLog}", or force kill it with "kill -9 ${pid}"`,
        { pid },
      );
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  terminal.progress(null);
}

/** An engine that exits cleanly removes its socket. */
function exitedEarly(pid: number): HealerError {
  return new HealerError(
    'INTERNAL',
    `the engine (pid ${pid}) exited before it had stopped all programs — run "healer up" to adopt them, then try again`,
    { pid },
  );
}

/** @param pid null if no engine was running */
function printResult(terminal: Terminal, pid: number | null, keep: boolean, result: ShutdownResult | null): void {
  if (result === null) {
    terminal.print(pid === null ? 'Stopped what a dead engine had left running.' : `Stopped the engine (pid ${pid}).`);
    return;
  }
  const { stopped, forced, kept, tookMs, escapedEnded = 0 } = result;
  if (forced.length > 0) terminal.print(`Force killed because they did not stop in time: ${forced.join(', ')}.`);
  if (keep && kept.length > 0)
    terminal.print(`Still running, to be adopted by the next "healer up": ${kept.join(', ')}.`);
  if (escapedEnded > 0 && pid !== null)
    terminal.print(`Ended ${processes(escapedEnded)} that had left their programs.`);
  for (const line of keep ? [] : failureLines(result)) terminal.note(line);
  const count = counted(stopped.length, 'program', 'programs');
  const took = formatDuration(tookMs);
  if (pid !== null) terminal.print(`Stopped ${count} and the engine (pid ${pid}) in ${took}.`);
  else {
    const ended = [
      ...(stopped.length > 0 ? [`stopped ${count}`] : []),
      ...(escapedEnded > 0 ? [`ended ${processes(escapedEnded)}`] : []),
    ];
    terminal.print(
      `No engine was running; ${ended.join(' and ')} that an earlier engine had left running, in ${took}.`,
    );
  }
}

function processes(count: number): string {
  return counted(count, 'process', 'processes');
}

/** Returns a line for each process that is still running although everything was to be stopped. */
function failureLines({ failed = [], survivors = [] }: ShutdownResult): readonly string[] {
  return [
    ...failed.map(
      ({ id, pid, reason }) => `"${id}" (pid ${pid}) is still running: ${reason}; the next "healer up" adopts it`,
    ),
    ...survivors.map(
      ({ id, pid }) => `a process of "${id}" is still running: pid ${pid}; end it with "kill -9 ${pid}"`,
    ),
  ];
}

function isComplete({ failed = [], survivors = [] }: ShutdownResult): boolean {
  return failed.length + survivors.length === 0;
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
