import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { resolvePaths } from '../config/instance/paths.ts';
import { EXIT_OTHER_ENGINE, spawnEngine } from '../config/instance/spawn-engine.ts';
import { HealerError, toHealerError } from '../protocol/errors.ts';
import { HealerClient } from './healer-client.ts';

export interface EngineOptions {
  /** A folder of its own for everything that it keeps; without it the user's own folders. */
  readonly home?: string;
  readonly instance?: string;
  /** Files that define programs. */
  readonly files?: readonly string[];
  /** Faults are told, nothing is done. */
  readonly observe?: boolean;
  /** Of the engine, and of its programs unless they say otherwise. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface EmbeddedEngine extends AsyncDisposable {
  readonly client: HealerClient;
  readonly pid: number;
  /** Stops its programs and itself; with `keep` the programs are left to the next engine. */
  close(options?: { readonly keep?: boolean }): Promise<void>;
}

const ENGINE = fileURLToPath(new URL('./engine.js', import.meta.url));
const START_MS = 15_000;
const POLL_MS = 20;

/**
 * Starts an engine for this program. It is a process of its own: an engine waits for every child there is, also those
 * of a program it would live in; and what it keeps alive survives that program.
 * @throws HealerError ALREADY_RUNNING when the instance has an engine, SPAWN_FAILED with what it printed
 */
export async function createEngine(options: EngineOptions = {}): Promise<EmbeddedEngine> {
  const { home, instance = 'default', files = [], observe = false, env = {} } = options;
  const environment = { ...process.env, ...env, ...(home === undefined ? {} : { HEALER_HOME: resolve(home) }) };
  const { socket: socketPath } = resolvePaths(environment, instance);
  const engine = spawnEngine({
    script: ENGINE,
    instance,
    options: { files: files.map((file) => resolve(file)), observes: observe, partner: null, isStandalone: false },
    env: environment,
    output: 'stderr',
  });
  let printed = '';
  engine.stderr?.setEncoding('utf8').on('data', (text: string) => (printed = (printed + text).slice(-2_000)));
  const ended = new Promise<HealerError>((settle) => {
    engine.once('error', (error) => settle(notStarted(error.message)));
    engine.once('close', (code) => settle(notStarted(printed.trim() || `exit code ${String(code)}`, code)));
  });
  const client = await attached(socketPath, engine.pid ?? 0, ended);
  // This program may end before its engine.
  engine.stderr?.destroy();
  const close: EmbeddedEngine['close'] = async ({ keep = false } = {}) => {
    await client.shutdownAll({ keep }).catch(passOver('ENGINE_NOT_RUNNING'));
    client.close();
    engine.ref();
    await ended;
  };
  return { client, pid: engine.pid ?? 0, close, [Symbol.asyncDispose]: () => close() };
}

async function attached(socketPath: string, pid: number, ended: Promise<HealerError>): Promise<HealerClient> {
  const deadline = performance.now() + START_MS;
  while (performance.now() < deadline) {
    const failure = await Promise.race([ended, sleep(POLL_MS, null)]);
    if (failure !== null) throw failure;
    const client = await HealerClient.connect({ socketPath }).catch(passOver('ENGINE_NOT_RUNNING'));
    if (client === null) continue;
    if ((await client.getStatus()).pid === pid) return client;
    client.close();
  }
  throw new HealerError(
    'TIMEOUT',
    `the engine (pid ${String(pid)}) does not answer within ${String(START_MS / 1000)} s`,
  );
}

function notStarted(why: string, code: number | null = null): HealerError {
  const kind = code === EXIT_OTHER_ENGINE ? 'ALREADY_RUNNING' : 'SPAWN_FAILED';
  return new HealerError(kind, `the engine did not start: ${why}`, { code });
}

function passOver(code: HealerError['code']): (error: unknown) => null {
  return (error) => {
    if (toHealerError(error).code === code) return null;
    throw error;
  };
}
