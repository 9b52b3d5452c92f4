import * as z from 'zod';
import { milliseconds, textual } from './spec-values.ts';

const healthProbe = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('http'),
    url: z.url({ protocol: /^https?$/ }).meta({ examples: ['http://127.0.0.1:8080/health'] }),
    method: z.enum(['GET', 'HEAD']).default('GET'),
    headers: z.record(z.string(), z.string()).default({}),
    status: z
      .array(z.number().int().min(100).max(599))
      .default([])
      .describe('Accepted status codes; empty accepts 200 to 399'),
    body: z.string().nullable().default(null).describe('A regular expression that the body has to match'),
  }),
  z.strictObject({
    type: z.literal('tcp'),
    host: z.string().min(1).default('127.0.0.1'),
    port: z
      .number()
      .int()
      .min(1)
      .max(65_535)
      .meta({ examples: [5432] }),
  }),
  z.strictObject({
    type: z.literal('exec'),
    command: z
      .string()
      .min(1)
      .meta({ examples: ['./check.sh'] }),
    args: z.array(textual).default([]),
  }),
]);

const startupCheck = z.strictObject({
  initialDelayMs: milliseconds.default(2_000).describe('Before the first check after a start'),
  checkIntervalMs: milliseconds.min(10).default(1_000).describe('Between the checks of a start'),
  maxAttempts: z.number().int().min(1).default(30).describe('Checks before the start counts as failed'),
  failAction: z.enum(['restart', 'disable', 'fail']).default('restart').describe('What is done then'),
});

/** How a program is asked whether it still answers, and what counts as an answer. */
export const healthSchema = z.strictObject({
  check: healthProbe
    .describe(
      'What is asked: `type` is http (url, method, headers, status, body), tcp (host, port) or exec (command, args)',
    )
    .meta({ examples: [{ type: 'tcp', port: 8080 }] }),
  intervalMs: milliseconds.min(10).default(3_000).describe('Between checks'),
  timeoutMs: milliseconds.min(1).default(2_000).describe('How long an answer may take'),
  consecutiveFailuresRequired: z
    .number()
    .int()
    .min(1)
    .default(2)
    .describe('Failed checks in a row that make it unhealthy'),
  startupCheck: startupCheck.prefault({}).describe('The checks of a start, until the first one succeeds'),
});
