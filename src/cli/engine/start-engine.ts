import type { ChildProcess } from 'node:child_process';
import { closeSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { within } from '../../base/within.ts';
import { localEngineOf } from '../../client/connection/local-engine.ts';
import { connectLocal, type Connection } from '../../client/connection/connection.ts';
import type { EngineStartOptions } from '../../config/instance/engine-arguments.ts';
import { openEngineLog } from '../../config/instance/engine-log.ts';
import type { Paths } from '../../config/instance/paths.ts';
import { StartPatience } from '../../config/instance/start-patience.ts';
import { type StartProgress, startProgressFile } from '../../config/instance/start-progress.ts';
import { EXIT_OTHER_ENGINE, EXIT_UNUSABLE_FILES, spawnEngine } from '../../config/instance/spawn-engine.ts';
import { HealerError, toHealerError } from '../../protocol/errors.ts';
import { CLIENT_NAME } from '../command/context.ts';
import { takeOfferedEngine } from './offered-engine.ts';
import { leaveErrorsToOthers } from '../output/end-without-reader.ts';

const POLL_MS = 20;
const SHOWN_LINES = 5;
const GIVE_WAY_MS = 5_000;
/** How long another engine of the instance may take to answer after ours has exited. */
const OTHER_ANSWERS_MS = 4_000;

export interface EngineStart {
  readonly connection: Connection;
  /** False if the engine was already running. */
  readonly isNew: boolean;
}

/** The bundle of the engine, in the same folder as that of the command line. */
const ENGINE_URL = new URL('./engine.cjs', import.meta.url);
/** The same as a module that can be imported. */
const ENGINE_MODULE = new URL('./engine.js', import.meta.url).href;

/** Called while the engine starts its programs. */
export type OnStartProgress = (progress: StartProgress) => void;

/**
 * Connects to the instance's engine, and starts a detached one first if none answers. Waits as long as that makes progress.
 * @throws HealerError SPAWN_FAILED with the output of the engine, INVALID_CONFIG for files that cannot be used, or TIMEOUT
 */
export async function ensureEngine(
  paths: Paths,
  options: EngineStartOptions,
  { env = process.env, onProgress = () => undefined }: { env?: NodeJS.ProcessEnv; onProgress?: OnStartProgress } = {},
): Promise<EngineStart> {
  const offered = takeOfferedEngine(paths.instance, options);
  if (offered !== null) {
    const printed = (): string => lastLines(offered.log.path, offered.log.size);
    return waitForAnswer({ ...paths, engineLog: offered.log.path }, offered.engine, { printed, onProgress });
  }
  const running = await connectIfRunning(paths);
  if (running !== null) return { connection: running, isNew: false };
  const log = openEngineLog(paths);
  try {
    const engine = spawnEngine({
      script: fileURLToPath(ENGINE_URL),
      instance: paths.instance,
      options,
      env,
      output: log.fd,
    });
    const printed = (): string => lastLines(log.path, log.size);
    return await waitForAnswer({ ...paths, engineLog: log.path }, engine, { printed, onProgress });
  } finally {
    closeSync(log.fd);
  }
}

/** Returns null if no engine is running. @throws HealerError for any other failure */
export async function connectIfRunning(paths: Paths): Promise<Connection | null> {
  try {
    return await connectLocal({ ...localEngineOf(paths), clientName: CLIENT_NAME });
  } catch (error) {
    if (toHealerError(error).code === 'ENGINE_NOT_RUNNING') return null;
    throw error;
  }
}

interface EngineModule {
  readonly runEngine: (
    options: EngineStartOptions & {
      readonly instance: string;
      readonly foreground: boolean;
      readonly output: ForegroundPrograms | null;
    },
  ) => Promise<void>;
}

/** How an engine in the foreground prints the output of its programs. */
export interface ForegroundPrograms {
  readonly json: boolean;
  readonly color: boolean;
  readonly sanitizes: boolean;
}

/** Runs the engine in this process. Resolves once the engine has stopped. @param output null prints events only */
export async function runEngineHere(
  instance: string,
  options: EngineStartOptions,
  output: ForegroundPrograms | null,
): Promise<void> {
  // Imported by path, because the command line may start the engine but not depend on its code.
  const engine = (await import(ENGINE_MODULE)) as EngineModule;
  leaveErrorsToOthers();
  await engine.runEngine({ ...options, instance, foreground: true, output });
}

interface Waiting {
  /** Returns what the engine has printed. */
  readonly printed: () => string;
  readonly onProgress: OnStartProgress;
}

async function waitForAnswer(
  paths: Paths,
  engine: ChildProcess,
  { printed, onProgress }: Waiting,
): Promise<EngineStart> {
  const ended = new Promise<Error | null>((resolve) => {
    engine.once('error', resolve);
    engine.once('exit', () => {
      resolve(null);
    });
    // One that was started early may have exited before this was called.
    if (engine.exitCode !== null || engine.signalCode !== null) resolve(null);
  });
  const patience = new StartPatience(engine.pid ?? 0, startProgressFile(paths));
  let deadline = Infinity;
  let gaveWay = false;
  while (performance.now() < deadline && patience.keepsWaiting()) {
    if (patience.progress !== null) onProgress(patience.progress);
    const cause = await within(POLL_MS, ended, undefined);
    if (engine.exitCode === EXIT_OTHER_ENGINE) {
      // Another engine of the instance may still be starting.
      if (!gaveWay || patience.progress !== null) deadline = performance.now() + OTHER_ANSWERS_MS;
      gaveWay = true;
      await sleep(POLL_MS, undefined);
    }
    const connection = await connectIfRunning(paths);
    if (connection !== null) {
      const isNew = connection.hello.pid === engine.pid;
      // If two engines are started at once, one of them exits. Only then is it safe to stop the other one.
      if (!isNew) await within(GIVE_WAY_MS, ended, null);
      return { connection, isNew };
    }
    if (cause !== undefined && engine.exitCode !== EXIT_OTHER_ENGINE)
      throw exitedEarly(engine, printed(), paths, cause);
  }
  const which = gaveWay ? printed() : `the engine (pid ${String(engine.pid)}) was started`;
  const patienceMs = gaveWay ? OTHER_ANSWERS_MS : patience.stalledMs;
  throw new HealerError(
    'TIMEOUT',
    `${which} but did not answer within ${patienceMs / 1000} s — see "${paths.engineLog}"`,
    { pid: engine.pid, log: paths.engineLog },
  );
}

function exitedEarly(engine: ChildProcess, printed: string, paths: Paths, cause: Error | null): HealerError {
  const { exitCode: code, signalCode: signal } = engine;
  const how = cause?.message ?? `${signal ?? `exit code ${String(code)}`}, nothing printed`;
  const why = printed === '' ? how : printed;
  if (code === EXIT_UNUSABLE_FILES) return new HealerError('INVALID_CONFIG', why, { code, log: paths.engineLog });
  return new HealerError(
    'SPAWN_FAILED',
    `the engine exited while starting: ${why} — see "${paths.engineLog}"`,
    { code, signal, log: paths.engineLog },
    cause === null ? {} : { cause },
  );
}

/** Returns the last lines that the engine printed since the offset `from`, joined into one. */
function lastLines(path: string, from: number): string {
  const text = readFileSync(path).subarray(from).toString('utf8').trim();
  return text.split('\n').slice(-SHOWN_LINES).join(' / ');
}
