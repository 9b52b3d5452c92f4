import * as z from 'zod';
import { PROCESS_ID_FORM as FORM, PROCESS_ID_PATTERN } from './process-id.ts';

/** The id of a program. It is also used in file names. */
export const processIdSchema = z.string().regex(PROCESS_ID_PATTERN, FORM);

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
