import * as z from 'zod';

const FORM = 'an id has 1 to 64 characters of A-Z a-z 0-9 . _ @ - and starts with a letter or digit';

/** The id of a program. It is also used in file names. */
export const processIdSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/, FORM);

/** The id of a program in a definition: any id except the word that stands for all programs. */
export const definedIdSchema = z.string().regex(/^(?!all$)[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/, {
  error: ({ input }) => (input === 'all' ? '"all" is reserved, because it stands for every program' : FORM),
});

/** The name of a group of programs. */
export const groupNameSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'the name of a group has 1 to 64 characters of A-Z a-z 0-9 . _ - and starts with a letter or digit',
  );
