import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isOwnerAlive, readLockOwner } from '../../base/lock-owner.ts';
import { messageOf } from '../../base/thrown.ts';
import type { Connection } from '../../client/connection/connection.ts';
import type { Paths } from '../../config/instance/paths.ts';
import type { StartNote } from '../../config/instance/start-note.ts';
import { HealerError, toHealerError } from '../../protocol/errors.ts';
import { connectIfRunning, ensureEngine } from './start-engine.ts';

const execute = promisify(execFile);
const POLL_MS = 50;
/** How long the next engine may take to answer while it is running. It first adopts or starts all programs. */
const ANSWER_MS = 120_000;
/** How long no engine may be running. A service manager waits a moment before it starts the next one. */
const MISSING_MS = 15_000;
const VERIFY_MS = 30_000;

const ENGINE = fileURLToPath(new URL('./engine.js', import.meta.url));

/**
 * Lets an engine replace itself by one that runs the code of this command; programs keep running. Returns a connection to the
 * next engine. The running engine stays if the code of the next one cannot be loaded.
 * @throws HealerError SPAWN_FAILED or INVALID_STATE if it stays, or TIMEOUT if the next one does not answer
 */
export async function replaceEngine(paths: Paths, connection: Connection): Promise<Connection> {
  await verify();
  const { pid } = connection.hello;
  const note = await startNoteOf(paths);
  if (note?.isManaged === true) await connection.api.restartMonitor({});
  else if (!(await restartsAs(connection))) return startAgain(paths, connection, note);
  return nextEngine(paths, pid);
}

/** @throws HealerError SPAWN_FAILED if the engine of this command cannot be loaded */
async function verify(): Promise<void> {
  try {
    await execute(process.execPath, [ENGINE, '--verify'], { timeout: VERIFY_MS });
  } catch (error) {
    throw new HealerError(
      'SPAWN_FAILED',
      `the engine was not replaced, because the new one cannot be loaded from "${ENGINE}": ${causeOf(error)}`,
      {},
      { cause: error },
    );
  }
}

function causeOf(error: unknown): string {
  const { stderr = '' } = error as { readonly stderr?: string };
  const lines = (stderr.trim() === '' ? messageOf(error) : stderr.trim()).split('\n');
  // Node prints the place of an error before its message.
  return lines.find((line) => /^\w*Error\b/.test(line)) ?? lines[0] ?? '';
}

async function startNoteOf({ startNote }: Paths): Promise<StartNote | null> {
  const { readStartNote } = await import('../../config/instance/start-note.ts');
  try {
    return readStartNote(startNote);
  } catch {
    return null;
  }
}

/** Returns false if the engine is of a version that cannot start another one than its own. */
async function restartsAs({ api }: Connection): Promise<boolean> {
  try {
    await api.restartMonitor({ node: process.execPath, script: ENGINE });
    return true;
  } catch (error) {
    const { code, data } = toHealerError(error);
    if (code === 'INVALID_CONFIG' || data['refusal'] !== undefined) return false;
    throw error;
  }
}

/** Ends an engine of an earlier version, which keeps its programs running, and starts the next one in the same way. */
async function startAgain(paths: Paths, connection: Connection, note: StartNote | null): Promise<Connection> {
  const { pid } = connection.hello;
  if (note === null) {
    const message = `it is not known how the engine (pid ${String(pid)}) was started — run "healer down --keep", and then "healer up" as before`;
    throw new HealerError('INVALID_STATE', message, { pid });
  }
  const env = environmentOf(pid);
  await connection.api.shutdown({ keep: true }).catch((error: unknown) => {
    if (toHealerError(error).code !== 'ENGINE_NOT_RUNNING') throw error;
  });
  const owner = readLockOwner(paths.lock);
  const deadline = performance.now() + MISSING_MS;
  while (owner?.pid === pid && isOwnerAlive(owner) && performance.now() < deadline) await sleep(POLL_MS);
  const { files, observes, partner: watchedInstance, isStandalone, cwd } = note;
  const start = { files, replaces: false, observes, watchedInstance, isStandalone };
  if (existsSync(cwd)) process.chdir(cwd);
  return (await ensureEngine(paths, start, { env })).connection;
}

/** Programs inherit the environment of the engine, so the next engine gets the same and not that of this command. */
function environmentOf(pid: number): NodeJS.ProcessEnv {
  try {
    const entries = readFileSync(`/proc/${String(pid)}/environ`, 'utf8')
      .split('\0')
      .filter((entry) => entry.includes('='));
    return Object.fromEntries(
      entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
    );
  } catch {
    return process.env;
  }
}

async function nextEngine(paths: Paths, previous: number): Promise<Connection> {
  const deadline = performance.now() + ANSWER_MS;
  let seenAt = performance.now();
  while (performance.now() < deadline && performance.now() - seenAt < MISSING_MS) {
    await sleep(POLL_MS);
    const owner = readLockOwner(paths.lock);
    if (owner !== null && isOwnerAlive(owner)) seenAt = performance.now();
    const connection = await connectIfRunning(paths).catch(() => null);
    if (connection !== null && connection.hello.pid !== previous) return connection;
    connection?.close();
  }
  throw new HealerError(
    'TIMEOUT',
    `the previous engine (pid ${String(previous)}) exited, but the new one does not answer — see "${paths.engineLog}", and start it with "healer up"`,
    { pid: previous, log: paths.engineLog },
  );
}
