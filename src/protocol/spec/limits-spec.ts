import * as z from 'zod';
import { positive } from './spec-values.ts';

/** What a program may use; above it, healing restarts it. */
export const limitsSchema = z.strictObject({
  cpuPercent: positive
    .nullable()
    .default(null)
    .describe('Percent of one core, the whole tree together; null is unlimited')
    .meta({ examples: [80] }),
  memoryMb: positive
    .nullable()
    .default(null)
    .describe('Resident memory of the whole tree in MB (2^20 bytes); null is unlimited')
    .meta({ examples: [512] }),
});

const rlimitValue = z.union([z.number().int().min(0), z.literal('unlimited')]);
const rlimit = z.union([rlimitValue, z.strictObject({ soft: rlimitValue, hard: rlimitValue })]);
const RLIMIT_NAMES = ['as', 'core', 'cpu', 'data', 'fsize', 'memlock', 'nofile', 'nproc', 'rss', 'stack'] as const;

/** What the kernel holds each process to, by the names of prlimit(1). */
export const rlimitsSchema = z.partialRecord(z.enum(RLIMIT_NAMES), rlimit);
