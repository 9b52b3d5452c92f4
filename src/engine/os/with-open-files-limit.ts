import type { Libc } from '../../base/libc.ts';

/** From asm-generic/resource.h. */
const RLIMIT_NOFILE = 7;
const RLIMIT_BYTES = 16;
const THIS_PROCESS = 0;

/** Runs a function in which processes are started. */
export type Surround = <T>(start: () => T) => T;

/**
 * Returns a function that starts processes with this soft limit of open files. The limit of the engine itself is lowered
 * during the call and not that of the child afterwards, because the child may already have read it.
 */
export function withOpenFilesLimit(libc: Libc | null, soft: number | null): Surround {
  if (libc === null || soft === null) return (start) => start();
  const own = Buffer.alloc(RLIMIT_BYTES);
  const lowered = Buffer.alloc(RLIMIT_BYTES);
  return (start) => {
    if (libc.call('prlimit', THIS_PROCESS, RLIMIT_NOFILE, null, own) !== 0) return start();
    if (own.readBigUInt64LE(0) === BigInt(soft)) return start();
    own.copy(lowered);
    lowered.writeBigUInt64LE(BigInt(soft));
    libc.call('prlimit', THIS_PROCESS, RLIMIT_NOFILE, lowered, null);
    try {
      return start();
    } finally {
      libc.call('prlimit', THIS_PROCESS, RLIMIT_NOFILE, own, null);
    }
  };
}
