import type { LibcResult } from '../../base/libc.ts';
import type { CollectorProgram } from './spawn-collector.ts';
import { startCollectorTransport } from './collector-transport.ts';
import type { LogTransportListener, StartedTransport } from './files/log-transport.ts';
import { startPortableTransport } from './portable-transport.ts';

export interface LogTransportOptions {
  readonly instance: string;
  readonly stateDir: string;
  readonly runtimeDir: string;
  readonly pipesDir: string;
  readonly logsDir: string;
  readonly collector: CollectorProgram;
  readonly listener: LogTransportListener;
}

/** The collector where system calls can be made; else reading in the engine, said so. */
export async function createLogTransport(native: LibcResult, options: LogTransportOptions): Promise<StartedTransport> {
  if (native.libc !== null) return startCollectorTransport({ ...options, libc: native.libc });
  options.listener.onTrouble(
    `no log collector (${native.problem}): output that is on its way when the engine is killed can be lost or doubled`,
  );
  return startPortableTransport(options);
}
