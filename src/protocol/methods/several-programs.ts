import * as z from 'zod';

/** Set by a command that ends several programs with one request each: dependents are ended before their dependencies. */
export const batch = z
  .strictObject({
    key: z.string().min(1).max(64).describe('Any text, the same for all requests of one command'),
    size: z.number().int().min(1).max(10_000).describe('Number of requests of the command'),
  })
  .optional();

/** Words that select programs; `src/base/selector.ts` parses them. */
export const select = z
  .array(z.string().min(1).max(200))
  .min(1)
  .max(100)
  .describe('Programs: ids, `@group`, globs such as `web-*`, or `all`');
