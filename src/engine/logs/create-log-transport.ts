import type { LibcResult } from '../../base/libc.ts';
import type { KeeperProgram } from './spawn-keeper.ts';
import { startKeeperTransport } from './keeper-transport.ts';
import type { LogTransportListener, StartedTransport } from './files/log-transport.ts';
import { startPortableTransport } from './portable-transport.ts';

export interface LogTransportOptions {
  readonly instance: string;
  readonly stateDir: string;
  readonly runtimeDir: string;
  readonly pipesDir: string;
  readonly logsDir: string;
  readonly keeper: KeeperProgram;
  readonly listener: LogTransportListener;
}

/** The keeper where system calls can be made; else reading in the engine, said so. */
export async function createLogTransport(native: LibcResult, options: LogTransportOptions): Promise<StartedTransport> {
  if (native.libc !== null) return startKeeperTransport({ ...options, libc: native.libc });
  options.listener.onTrouble(
    `no log keeper (${native.problem}): output that is on its way when the engine is killed can be lost or doubled`,
  );
  return startPortableTransport(options);
}
