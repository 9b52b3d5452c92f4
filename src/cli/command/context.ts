import type { Connection } from '../../client/connection/connection.ts';
import type { EngineTarget } from '../../client/connection/engine-target.ts';
import type { RemoteOptions } from '../../client/remote/remote-options.ts';
import { type Paths, resolvePaths } from '../../config/instance/paths.ts';
import { remoteOptionsOf } from './remote-engine.ts';
import { createTerminal, type Terminal } from '../output/terminal.ts';

/** What every command understands, before and after its name. */
export interface GlobalOptions {
  readonly instance: string;
  /** Of a remote API; the engine of this machine and user without it. */
  readonly host?: string;
  readonly tokenFile?: string;
  readonly json?: true;
  readonly color: 'auto' | 'always' | 'never';
  readonly ascii?: true;
}

/** Where a command runs: which engine, and to whom it speaks. */
export interface Context {
  readonly paths: Paths;
  readonly terminal: Terminal;
  /** How an engine elsewhere is reached; null for the one of this machine and user. */
  readonly remote: RemoteOptions | null;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** @throws HealerError INVALID_CONFIG when the instance's name is none, or a token cannot be read */
export function createContext(options: GlobalOptions): Context {
  return {
    paths: resolvePaths(process.env, options.instance),
    terminal: createTerminal({
      json: options.json ?? false,
      colorFlag: options.color,
      ascii: options.ascii ?? false,
      env: process.env,
    }),
    remote: remoteOptionsOf(options, process.env),
    env: process.env,
  };
}

export const CLIENT_NAME = 'healer-cli';

/** Where the engine is that a command speaks to. What leads there is loaded with it. */
export async function targetOf({ paths, remote }: Context, clientName = CLIENT_NAME): Promise<EngineTarget> {
  if (remote !== null) {
    const { remoteTarget } = await import('../../client/remote/connect-remote.ts');
    return remoteTarget(remote);
  }
  const { localTarget } = await import('../../client/connection/engine-target.ts');
  return localTarget({ socketPath: paths.socket, clientName });
}

/** Connects, does the work and closes, however the work ends. @throws HealerError ENGINE_NOT_RUNNING and others */
export async function withConnection<T>(context: Context, work: (connection: Connection) => Promise<T>): Promise<T> {
  const target = await targetOf(context);
  const connection = await target.connect(new AbortController().signal);
  try {
    return await work(connection);
  } finally {
    connection.close();
  }
}
