import * as z from 'zod';

/** The id of a program. It is also used in file names. */
export const processIdSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/,
    'an id has 1 to 64 characters of A-Z a-z 0-9 . _ @ - and starts with a letter or digit',
  );
