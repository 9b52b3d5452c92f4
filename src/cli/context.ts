import type { Connection } from '../client/connection.ts';
import { type Paths, resolvePaths } from '../config/paths.ts';
import { createTerminal, type Terminal } from './output/terminal.ts';

/** What every command understands, before and after its name. */
export interface GlobalOptions {
  readonly instance: string;
  readonly json?: true;
  readonly color: 'auto' | 'always' | 'never';
  readonly ascii?: true;
}

/** Where a command runs: which engine, and to whom it speaks. */
export interface Context {
  readonly paths: Paths;
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** @throws HealerError INVALID_CONFIG when the instance's name is none. */
export function createContext(options: GlobalOptions): Context {
  return {
    paths: resolvePaths(process.env, options.instance),
    terminal: createTerminal({
      json: options.json ?? false,
      colorFlag: options.color,
      ascii: options.ascii ?? false,
      env: process.env,
    }),
    env: process.env,
  };
}

export const CLIENT_NAME = 'healer-cli';

/** Connects, does the work and closes, however the work ends. @throws HealerError ENGINE_NOT_RUNNING and others */
export async function withConnection<T>(context: Context, work: (connection: Connection) => Promise<T>): Promise<T> {
  const { connectLocal } = await import('../client/connection.ts');
  const connection = await connectLocal({ socketPath: context.paths.socket, clientName: CLIENT_NAME });
  try {
    return await work(connection);
  } finally {
    connection.close();
  }
}
