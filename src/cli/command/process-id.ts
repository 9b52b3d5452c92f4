import { HealerError } from '../../protocol/errors.ts';

/** The rule of the wire contract, whose schema the command line does not load; a test holds the two together. */
const PROCESS_ID = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;

/** Stands for every program where ids are asked for. */
export const ALL = 'all';

/** @throws HealerError INVALID_CONFIG naming the first that cannot be an id. */
export function validateIds(ids: readonly string[]): void {
  for (const id of ids) {
    if (!PROCESS_ID.test(id)) {
      throw new HealerError(
        'INVALID_CONFIG',
        `"${id}" cannot be the id of a program: ids are 1 to 64 of A-Z a-z 0-9 . _ @ - and start with a letter or digit`,
        { id },
      );
    }
  }
}
