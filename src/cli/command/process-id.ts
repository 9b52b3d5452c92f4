import { HealerError } from '../../protocol/errors.ts';

/** The same rule as in the schema of the wire contract, which the command line does not load. A test compares the two. */
const PROCESS_ID = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;

/** Stands for every program where a command takes ids. */
export const ALL = 'all';

/** @throws HealerError INVALID_CONFIG for the first text that is not a valid id */
export function validateIds(ids: readonly string[]): void {
  for (const id of ids) {
    if (!PROCESS_ID.test(id)) {
      throw new HealerError(
        'INVALID_CONFIG',
        `"${id}" is not a valid id: use 1 to 64 of the characters A-Z a-z 0-9 . _ @ - and start with one of A-Z a-z 0-9`,
        { id },
      );
    }
  }
}
