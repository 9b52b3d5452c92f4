import type { LibcResult } from '../../base/libc.ts';
import { type CollectorTransportOptions, startCollectorTransport } from './collector-transport.ts';
import type { StartedTransport } from './files/log-transport.ts';
import { startPortableTransport } from './portable-transport.ts';

export type LogTransportOptions = Omit<CollectorTransportOptions, 'libc'>;

/** Starts the log collector if system calls are available; otherwise reads output in the engine and reports that. */
export async function createLogTransport(native: LibcResult, options: LogTransportOptions): Promise<StartedTransport> {
  if (native.libc !== null) return startCollectorTransport({ ...options, libc: native.libc });
  options.listener.onTrouble(
    `no log collector (${native.problem}): if the engine is killed, output in transit may be lost or duplicated`,
  );
  return startPortableTransport(options);
}
