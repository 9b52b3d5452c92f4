import type { Libc } from '../../base/libc.ts';

interface OwnLimit {
  /** From asm-generic/resource.h. */
  readonly resource: number;
  /** Describes a hard limit, which only root may raise. */
  readonly describe: (value: bigint) => string;
}

const LIMITS: readonly OwnLimit[] = [
  {
    resource: 0,
    describe: (seconds) =>
      `the kernel will end this engine after ${String(seconds)} s of CPU time, and each program too: the limit of the shell or service that started it (ulimit -t, LimitCPU) cannot be raised`,
  },
  {
    resource: 1,
    describe: (bytes) =>
      `neither this engine nor a program can write files of more than ${String(bytes / 1024n)} KB: the limit of the shell or service that started it (ulimit -f, LimitFSIZE) cannot be raised`,
  },
];

/**
 * Data, locked memory, address space, file locks, pending signals and message queues. Hard limits of these are
 * ordinary settings of a machine, and a program that reaches one is refused something and reports that itself.
 */
const ALSO_RAISED: readonly number[] = [2, 8, 9, 10, 11, 12];

const RLIMIT_BYTES = 16;
const THIS_PROCESS = 0;
const UNLIMITED = 2n ** 64n - 1n;

/** The kernel sends them when a soft limit is exceeded, and by default they end a process. */
const WARNINGS = ['SIGXCPU', 'SIGXFSZ'] as const;

/**
 * Raises the soft limits that the caller has set for its own session to the hard limits: an engine runs for as long as its
 * programs. What it starts inherits the raised limits. Returns what cannot be raised, one sentence each. The soft limits of
 * stack and core dumps differ from the hard ones on every machine, and that of processes counts all processes of a user: they stay.
 */
export function raiseOwnLimits(libc: Libc | null): readonly string[] {
  for (const signal of WARNINGS) process.on(signal, () => undefined);
  if (libc === null) return [];
  for (const resource of ALSO_RAISED) raise(libc, resource);
  return LIMITS.flatMap(({ resource, describe }) => {
    const hard = raise(libc, resource);
    return hard === UNLIMITED ? [] : [describe(hard)];
  });
}

/** Raises a soft limit and returns the hard one. */
function raise(libc: Libc, resource: number): bigint {
  const limits = Buffer.alloc(RLIMIT_BYTES);
  if (libc.call('prlimit', THIS_PROCESS, resource, null, limits) !== 0) return UNLIMITED;
  const hard = limits.readBigUInt64LE(8);
  if (limits.readBigUInt64LE() !== hard) {
    limits.writeBigUInt64LE(hard);
    libc.call('prlimit', THIS_PROCESS, resource, limits, null);
  }
  return hard;
}
