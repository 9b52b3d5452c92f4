import * as z from 'zod';
import {
  DURATION_PATTERN,
  parseMegabytes,
  parseMilliseconds,
  parsePercent,
  PERCENT_PATTERN,
  SIZE_PATTERN,
} from './quantities.ts';

/** Timers are limited to 31 bits of milliseconds. */
const LONGEST_MS = 2_147_483_647;

/** A time in milliseconds, as a number or with units, from `least` to 24 days. */
export function millisecondsFrom(least: number) {
  const number = z.number().int().min(least).max(LONGEST_MS);
  const text = z
    .string()
    .regex(DURATION_PATTERN, 'write a whole number of milliseconds, or a duration with units such as 250ms, 30s or 5m')
    .transform((duration) => parseMilliseconds(duration) ?? Number.NaN)
    .pipe(number);
  return z.union([number, text]);
}

export const milliseconds = millisecondsFrom(0);

const SIGNALS: ReadonlySet<string> = new Set(
  (
    'HUP INT QUIT ILL TRAP ABRT IOT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM CHLD STKFLT CONT STOP TSTP TTIN TTOU ' +
    'URG XCPU XFSZ VTALRM PROF WINCH IO POLL PWR SYS INFO EMT'
  )
    .split(' ')
    .map((name) => `SIG${name}`),
);

export const signalName = z
  .string()
  .regex(/^SIG[A-Z0-9]+$/, { message: 'must be a signal name such as SIGTERM', abort: true })
  .refine((name) => SIGNALS.has(name), 'no signal has this name; "kill -l" lists them');

export const positive = z.number().positive('must be greater than 0');

/** A size in MB of 2^20 bytes, as a number or with a unit: 1G is 1024. */
export const megabytes = z.union([
  positive,
  z
    .string()
    .regex(SIZE_PATTERN, 'write a number of MB, or a size with a unit such as 512M or 1.5G')
    .transform((size) => parseMegabytes(size) ?? Number.NaN)
    .pipe(positive),
]);

/** CPU usage in percent of one core, as a number or with a percent sign. */
export const percent = z.union([
  positive,
  z
    .string()
    .regex(PERCENT_PATTERN, 'write a number in percent of one core, such as 80 or 150%')
    .transform((share) => parsePercent(share) ?? Number.NaN)
    .pipe(positive),
]);

/** The kernel ends strings at the first NUL byte: everything after it would be lost. */
const WITHOUT_NUL = /^[^\0]*$/;
const NUL_MESSAGE = 'it contains a NUL character, which the kernel cannot pass on';

/** A text that is passed to the kernel, such as a path or a user name. */
export const kernelText = z.string().regex(WITHOUT_NUL, NUL_MESSAGE);

/** Environment and arguments are strings to the kernel, but are often written as numbers. */
export const textual = z.union([kernelText, z.number(), z.boolean()]).transform(String);

/** The name of an environment variable, as the kernel can take it. */
export const variableName = kernelText
  .min(1, 'the name of a variable cannot be empty')
  .regex(/^[^=]*$/, 'the name of a variable cannot contain "="');

/**
 * Makes a map optional whose fields all have defaults. All programs that do not have it share one object: with thousands of
 * programs, a copy for each of them would take time and memory.
 */
export function orDefaults<Schema extends z.ZodType>(schema: Schema) {
  let defaults: z.util.NoUndefined<z.output<Schema>> | undefined;
  return schema.default(() => (defaults ??= schema.parse({}) as z.util.NoUndefined<z.output<Schema>>));
}
