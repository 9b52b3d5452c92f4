import { signalName } from '../../base/signal-names.ts';
import type { ExitStatus } from '../../protocol/run.ts';

/** Decodes a status of wait(2): seven bits for the signal, one for a core dump, then the exit code. */
export function decodeWaitStatus(status: number): ExitStatus {
  const signal = status & 0x7f;
  if (signal === 0) return { code: (status >> 8) & 0xff, signal: null, coreDumped: false };
  return { code: null, signal: signalName(signal), coreDumped: (status & 0x80) !== 0 };
}
