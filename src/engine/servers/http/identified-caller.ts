import type { Caller } from '../../../policy/remote-access/caller.ts';

/** The sender of a request. */
export interface IdentifiedCaller {
  readonly caller: Caller;
  /** What limits per caller apply to. */
  readonly key: string;
}
