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

/** Starts the log collector if system calls are available; otherwise reads output in the engine and reports that. */
export async function createLogTransport(native: LibcResult, options: LogTransportOptions): Promise<StartedTransport> {
  if (native.libc !== null) return startCollectorTransport({ ...options, libc: native.libc });
  options.listener.onTrouble(
    `no log collector (${native.problem}): if the engine is killed, output in transit may be lost or duplicated`,
  );
  return startPortableTransport(options);
}
