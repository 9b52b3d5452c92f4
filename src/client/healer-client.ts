import { resolvePaths } from '../config/instance/paths.ts';
import { AttachedClient } from './attach/attached-client.ts';
import { localEngineOf } from './connection/local-engine.ts';
import { localTarget } from './connection/engine-target.ts';

/** Which local engine to attach to. */
export interface LocalOptions {
  /** The name of the engine's instance; "default" by default. */
  readonly instance?: string;
  /** The path of the engine's socket; by default resolved in the same way as by the command line. */
  readonly socketPath?: string;
  /** Aborts connecting; has no effect once connected. */
  readonly signal?: AbortSignal;
}

/** A client of an engine of the same user on this machine, connected over its Unix socket. */
export class HealerClient extends AttachedClient {
  /**
   * Attaches to the engine.
   * @throws HealerError ENGINE_NOT_RUNNING with the command that starts the engine, FORBIDDEN, TIMEOUT, or INVALID_STATE
   *   when the engine speaks another version of the protocol
   */
  static async connect({ instance = 'default', socketPath, signal }: LocalOptions = {}): Promise<HealerClient> {
    const engine = socketPath === undefined ? localEngineOf(resolvePaths(process.env, instance)) : { socketPath };
    return new HealerClient(await AttachedClient.attach(localTarget({ ...engine, clientName: 'library' }), signal));
  }
}
