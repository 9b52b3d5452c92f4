import * as z from 'zod';

/** What names a program, everywhere. */
export const processIdSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/,
    'an id is 1 to 64 of A-Z a-z 0-9 . _ @ - and starts with a letter or digit',
  );
