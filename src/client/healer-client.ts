import { resolvePaths } from '../config/instance/paths.ts';
import { AttachedClient } from './attach/attached-client.ts';
import { localTarget } from './connection/engine-target.ts';

export interface LocalOptions {
  /** Which engine, where several run side by side. */
  readonly instance?: string;
  /** Where its socket is; found by the same rules as the command line finds it, unless it is given. */
  readonly socketPath?: string;
}

/** The engine of this machine and user, over its Unix socket. */
export class HealerClient extends AttachedClient {
  /** @throws HealerError ENGINE_NOT_RUNNING with the command that starts one */
  static async connect({ instance = 'default', socketPath }: LocalOptions = {}): Promise<HealerClient> {
    const path = socketPath ?? resolvePaths(process.env, instance).socket;
    return new HealerClient(await AttachedClient.attach(localTarget({ socketPath: path, clientName: 'library' })));
  }
}
