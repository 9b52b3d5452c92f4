import * as z from 'zod';

/** 0 to 24 days: no timer takes more than 31 bits of them. */
export const milliseconds = z.number().int().min(0).max(2_147_483_647);

export const signalName = z.string().regex(/^SIG[A-Z0-9]+$/, 'a signal is written as SIGTERM');

export const positive = z.number().positive('it has to be above 0');

/** Environment and arguments are text to the kernel; people write numbers there. */
export const textual = z.union([z.string(), z.number(), z.boolean()]).transform(String);
