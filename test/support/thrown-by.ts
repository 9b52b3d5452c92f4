import { type HealerError, toHealerError } from '../../src/protocol/errors.ts';

/** Returns the error that the action throws, as a `HealerError`. @throws Error if it throws nothing */
export function thrownBy(action: () => unknown): HealerError {
  try {
    action();
  } catch (error) {
    return toHealerError(error);
  }
  throw new Error('nothing was thrown');
}
