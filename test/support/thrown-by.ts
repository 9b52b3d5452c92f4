import { type HealerError, toHealerError } from '../../src/protocol/errors.ts';

/** What the action throws, as whoever reports it sees it. @throws Error when it throws nothing */
export function thrownBy(action: () => unknown): HealerError {
  try {
    action();
  } catch (error) {
    return toHealerError(error);
  }
  throw new Error('nothing was thrown');
}
