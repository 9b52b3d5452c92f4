import * as z from 'zod';
import { megabytes, percent } from './spec-values.ts';

/** The resource limits that healing enforces: a program that exceeds one is restarted. */
export const limitsSchema = z.strictObject({
  cpuPercent: percent
    .nullable()
    .default(null)
    .describe('CPU usage of the whole process tree in percent of one core; null is unlimited')
    .meta({ examples: [80] }),
  memoryMb: megabytes
    .nullable()
    .default(null)
    .describe('Memory of the whole process tree in MB (2^20 bytes), with shared pages counted once; null is unlimited')
    .meta({ examples: [512] }),
});

const rlimitValue = z.union([z.number().int().min(0), z.literal('unlimited')]);
const rlimit = z.union([rlimitValue, z.strictObject({ soft: rlimitValue, hard: rlimitValue })]);
const RLIMIT_NAMES = ['as', 'core', 'cpu', 'data', 'fsize', 'memlock', 'nofile', 'nproc', 'rss', 'stack'] as const;

/** The resource limits that the kernel enforces for each process, named as in prlimit(1). */
export const rlimitsSchema = z.partialRecord(z.enum(RLIMIT_NAMES), rlimit);
