import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onAbort } from '../base/on-abort.ts';
import { within } from '../base/within.ts';
import { type Paths, resolvePaths } from '../config/instance/paths.ts';
import { StartPatience } from '../config/instance/start-patience.ts';
import { startProgressFile } from '../config/instance/start-progress.ts';
import { EXIT_OTHER_ENGINE, spawnEngine } from '../config/instance/spawn-engine.ts';
import { HealerError, toHealerError } from '../protocol/errors.ts';
import { HealerClient } from './healer-client.ts';

/** How `createEngine` starts an engine. */
export interface EngineOptions {
  /** The folder for all files of the engine; by default the user's folders for configuration and state. */
  readonly home?: string;
  /** The name of the engine's instance; "default" by default. */
  readonly instance?: string;
  /** Process lists and healer.yaml files. */
  readonly files?: readonly string[];
  /** Whether faults are only reported, without healing. */
  readonly observe?: boolean;
  /** Variables added to the environment of the engine, which programs inherit by default. */
  readonly env?: Readonly<Record<string, string>>;
  /** Aborts the start: the engine is terminated. Has no effect once the engine has answered. */
  readonly signal?: AbortSignal;
}

/** An engine started by `createEngine`. */
export interface EmbeddedEngine extends AsyncDisposable {
  readonly client: HealerClient;
  readonly pid: number;
  /** Stops the programs and the engine. With `keep`, programs keep running and the next engine re-adopts them. */
  close(options?: { readonly keep?: boolean }): Promise<void>;
}

const ENGINE = fileURLToPath(new URL('./engine.js', import.meta.url));
const POLL_MS = 20;

/**
 * Starts an engine and attaches to it. The engine is a separate process, because it reaps all its children and would
 * interfere with those of the calling program. It and its programs survive the calling program.
 * @throws HealerError ALREADY_RUNNING when the instance already has an engine, SPAWN_FAILED with the engine's output,
 *   TIMEOUT when the engine did not answer and made no progress for 15 s
 */
export async function createEngine(options: EngineOptions = {}): Promise<EmbeddedEngine> {
  options.signal?.throwIfAborted();
  const { home, instance = 'default', files = [], observe = false, env = {} } = options;
  const environment = { ...process.env, ...env, ...(home === undefined ? {} : { HEALER_HOME: resolve(home) }) };
  const paths = resolvePaths(environment, instance);
  const engine = spawnEngine({
    script: ENGINE,
    instance,
    options: {
      files: files.map((file) => resolve(file)),
      observes: observe,
      watchedInstance: null,
      isStandalone: false,
    },
    env: environment,
    output: 'stderr',
  });
  let printed = '';
  engine.stderr?.setEncoding('utf8').on('data', (text: string) => (printed = (printed + text).slice(-2_000)));
  const exited = new Promise<HealerError>((settle) => {
    engine.once('error', (error) => settle(notStarted(error.message)));
    engine.once('close', (code) => settle(notStarted(printed.trim() || `exit code ${String(code)}`, code)));
  });
  const stopListening = onAbort(options.signal, () => engine.kill());
  let client: HealerClient;
  try {
    client = await attachWhenReady(paths, engine.pid ?? 0, exited);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw error;
  } finally {
    stopListening();
  }
  // An open pipe would keep this process alive.
  engine.stderr?.destroy();
  const close: EmbeddedEngine['close'] = async ({ keep = false } = {}) => {
    await client.shutdownAll({ keep }).catch(ignore('ENGINE_NOT_RUNNING'));
    client.close();
    engine.ref();
    await exited;
  };
  return { client, pid: engine.pid ?? 0, close, [Symbol.asyncDispose]: () => close() };
}

async function attachWhenReady(paths: Paths, pid: number, exited: Promise<HealerError>): Promise<HealerClient> {
  const { socket: socketPath } = paths;
  const patience = new StartPatience(pid, startProgressFile(paths));
  while (patience.keepsWaiting()) {
    const failure = await within(POLL_MS, exited, null);
    if (failure !== null) throw failure;
    const client = await HealerClient.connect({ socketPath }).catch(ignore('ENGINE_NOT_RUNNING'));
    if (client === null) continue;
    if ((await client.getStatus()).pid === pid) return client;
    client.close();
  }
  throw new HealerError(
    'TIMEOUT',
    `the engine (pid ${String(pid)}) did not answer within ${String(patience.stalledMs / 1000)} s`,
  );
}

function notStarted(why: string, code: number | null = null): HealerError {
  const kind = code === EXIT_OTHER_ENGINE ? 'ALREADY_RUNNING' : 'SPAWN_FAILED';
  return new HealerError(kind, `the engine did not start: ${why}`, { code });
}

function ignore(code: HealerError['code']): (error: unknown) => null {
  return (error) => {
    if (toHealerError(error).code === code) return null;
    throw error;
  };
}
