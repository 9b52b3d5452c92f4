/** The form of the id of a program, in words. */
export const PROCESS_ID_FORM = 'an id has 1 to 64 characters of A-Z a-z 0-9 . _ @ - and starts with a letter or digit';

/** The form of the id of a program. Without a schema, since clients check ids but must not load the schemas. */
export const PROCESS_ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;
