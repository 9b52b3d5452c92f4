import type { Environment } from '../../base/environment.ts';
import type { Connection } from '../../client/connection/connection.ts';
import { type EngineTarget, localTarget } from '../../client/connection/engine-target.ts';
import { localEngineOf } from '../../client/connection/local-engine.ts';
import type { RemoteOptions } from '../../client/remote/remote-options.ts';
import { refuseRootInHome } from '../../config/instance/home-owner.ts';
import { type Paths, resolvePaths } from '../../config/instance/paths.ts';
import type { OptionValues } from './option.ts';
import { fleetHostOf, remoteOptionsOf } from './remote-engine.ts';
import { describeOtherVersion, describeRemoteVersion } from '../output/version-note.ts';
import type { HelloResult } from '../../protocol/methods/methods.ts';
import { withInstance } from './with-instance.ts';
import type { GLOBAL_OPTIONS } from './shared-options.ts';
import { createTerminal, type Terminal } from '../output/terminal.ts';

/** The values of the options that every command accepts. */
export type GlobalOptions = OptionValues<typeof GLOBAL_OPTIONS>;

/** The options of a command line without options. */
export const NO_OPTIONS: GlobalOptions = {
  instance: 'default',
  host: undefined,
  tokenFile: undefined,
  json: false,
  quiet: false,
  color: 'auto',
  ascii: false,
};

/** What a command runs with: its engine, its terminal and its environment. */
export interface Context {
  readonly paths: Paths;
  readonly terminal: Terminal;
  /** How to reach the remote engine of `--host`; null for the engine of this machine and user. */
  readonly remote: RemoteOptions | null;
  readonly env: Environment;
}

/**
 * @throws HealerError INVALID_CONFIG when the instance name is invalid, or a token file cannot be read; FORBIDDEN for root in
 *   the home of another user
 */
export function createContext(options: GlobalOptions): Context {
  const paths = resolvePaths(process.env, options.instance);
  if (options.host === undefined) refuseRootInHome(process.env, paths);
  return {
    paths,
    terminal: createTerminal({
      json: options.json,
      quiet: options.quiet,
      colorFlag: options.color,
      ascii: options.ascii,
      env: process.env,
    }),
    remote: remoteOptionsOf(options, process.env),
    env: process.env,
  };
}

export const CLIENT_NAME = 'healer-cli';

/** Returns the engine that a command connects to. Transports to other hosts are loaded on demand. */
export async function targetOf({ paths, remote }: Context, clientName = CLIENT_NAME): Promise<EngineTarget> {
  const host = remote === null ? null : fleetHostOf(remote.url);
  if (host !== null) {
    const { fleetTarget } = await import('../../fleet/operator/fleet-target.ts');
    return fleetTarget(paths.configDir, host, clientName);
  }
  if (remote !== null) {
    const { remoteTarget } = await import('../../client/remote/connect-remote.ts');
    return remoteTarget(remote);
  }
  return localTarget({ ...localEngineOf(paths), clientName });
}

/** Returns a sentence if the engine runs other code than this command, as it does after an upgrade; else null. */
export function otherVersionNote({ remote, paths }: Context, hello: HelloResult): string | null {
  if (remote !== null) return describeRemoteVersion(hello, remote.url);
  return describeOtherVersion(hello, withInstance(paths.instance)('upgrade'));
}

function noteOtherVersion(context: Context, hello: HelloResult): void {
  const { terminal } = context;
  if (terminal.json || !terminal.isInteractive) return;
  const note = otherVersionNote(context, hello);
  if (note !== null) terminal.note(note);
}

/** Connects, does the work and always closes the connection. @throws HealerError such as ENGINE_NOT_RUNNING */
export async function withConnection<T>(context: Context, work: (connection: Connection) => Promise<T>): Promise<T> {
  const target = await targetOf(context);
  const connection = await target.connect(new AbortController().signal);
  noteOtherVersion(context, connection.hello);
  try {
    return await work(connection);
  } finally {
    connection.close();
  }
}
