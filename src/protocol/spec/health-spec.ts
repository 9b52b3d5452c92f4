import * as z from 'zod';
import { FAILURES_PATTERN, parseFailures } from './quantities.ts';
import { kernelText, milliseconds, millisecondsFrom, orDefaults, textual } from './spec-values.ts';

const healthProbe = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('http'),
    url: z
      .url({ protocol: /^https?$/, error: 'write a URL that begins with http:// or https://' })
      .meta({ examples: ['http://127.0.0.1:8080/health'] }),
    method: z.enum(['GET', 'HEAD']).default('GET'),
    headers: z.record(z.string(), z.string()).default({}),
    status: z
      .array(z.number().int().min(100).max(599))
      .default([])
      .describe('Accepted status codes; an empty list accepts 200 to 399'),
    tlsVerify: z
      .boolean()
      .nullable()
      .default(null)
      .describe(
        'Whether the certificate of an https URL is verified; null verifies it except on the loopback interface',
      ),
    ca: kernelText
      .min(1)
      .nullable()
      .default(null)
      .describe(
        'File with the certificates (PEM) of the authorities to trust instead of the usual ones; the certificate is then verified',
      ),
    body: z.string().nullable().default(null).describe('Regular expression that the body must match'),
  }),
  z.strictObject({
    type: z.literal('tcp'),
    host: kernelText.min(1).default('127.0.0.1'),
    port: z
      .number()
      .int()
      .min(1)
      .max(65_535)
      .meta({ examples: [5432] }),
  }),
  z.strictObject({
    type: z.literal('exec'),
    command: kernelText.min(1).meta({ examples: ['./check.sh'] }),
    args: z.array(textual).default([]),
  }),
]);

/** Checks that can be remembered. */
const MOST_CHECKS = 100;

/** `3 of 5`: so many of the last checks failed. */
const failures = z
  .string()
  .regex(FAILURES_PATTERN, 'write two numbers, such as "3 of 5"')
  .refine(
    (text) => {
      const { failed, checks } = parseFailures(text);
      return failed >= 1 && failed <= checks && checks <= MOST_CHECKS;
    },
    `the first number is from 1 to the second, which is at most ${String(MOST_CHECKS)}`,
  );

const startupCheck = z.strictObject({
  enabled: z
    .boolean()
    .default(true)
    .describe('Whether the program starts with startup checks; false applies `startSeconds` instead'),
  initialDelayMs: milliseconds.default(2_000).describe('Delay between a start and the first check'),
  checkIntervalMs: millisecondsFrom(10).default(1_000).describe('Interval between startup checks'),
  maxAttempts: z.number().int().min(1).default(30).describe('Number of checks before the start counts as failed'),
  failAction: z
    .enum(['restart', 'disable', 'fail'])
    .default('restart')
    .describe('What to do when the start has failed'),
});

/** The health check of a program. See docs/health.md. */
export const healthSchema = z.strictObject({
  enabled: z.boolean().default(true).describe('Whether the check runs; false keeps its definition without running it'),
  check: healthProbe
    .describe(
      'The check: `type` is `http` (url, method, headers, status, body), `tcp` (host, port) or `exec` (command, args)',
    )
    .meta({ examples: [{ type: 'tcp', port: 8080 }] }),
  intervalMs: millisecondsFrom(10).default(3_000).describe('Interval between checks'),
  timeoutMs: millisecondsFrom(1).default(2_000).describe('Timeout of a check'),
  consecutiveFailuresRequired: z
    .number()
    .int()
    .min(1)
    .default(2)
    .describe('Consecutive failed checks before the program is unhealthy'),
  failures: failures
    .nullable()
    .default(null)
    .describe(
      'Failed checks among the last ones before the program is unhealthy, as `3 of 5`, instead of `consecutiveFailuresRequired`',
    )
    .meta({ examples: ['3 of 5'] }),
  successesRequired: z
    .number()
    .int()
    .min(1)
    .max(100)
    .default(1)
    .describe('Consecutive passed checks before the program is healthy, at its start and after it was unhealthy'),
  startupCheck: orDefaults(startupCheck).describe('Startup checks, which run until the first one succeeds'),
});
