import * as z from 'zod';

/** 0 to 24 days: timers are limited to 31 bits of milliseconds. */
export const milliseconds = z.number().int().min(0).max(2_147_483_647);

export const signalName = z.string().regex(/^SIG[A-Z0-9]+$/, 'must be a signal name such as SIGTERM');

export const positive = z.number().positive('must be greater than 0');

/** Environment and arguments are strings to the kernel, but are often written as numbers. */
export const textual = z.union([z.string(), z.number(), z.boolean()]).transform(String);
