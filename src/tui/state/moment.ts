import type { CleanLine } from './numbered-line.ts';

/** When something happened to a program. */
export interface Moment {
  readonly program: string;
  /** ISO 8601. */
  readonly time: string;
}

/** What a program printed last before a moment, the oldest first. */
export interface MomentLog extends Moment {
  readonly lines: readonly CleanLine[];
}

/** Returns whether both are the same moment of the same program. */
export function isSameMoment(a: Moment | null, b: Moment | null): boolean {
  return a?.program === b?.program && a?.time === b?.time;
}
