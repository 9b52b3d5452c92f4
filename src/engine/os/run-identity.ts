import type { ProcessIdentity } from '../../base/process-identity.ts';
import type { RunRef } from '../../protocol/run.ts';

/** A run with the identity of its main process. */
export interface RunIdentity extends RunRef, ProcessIdentity {
  /** Not started by an engine: its process group may contain processes of others, so the group is never signaled. */
  readonly isUnmanaged?: boolean;
  /** Started by an earlier engine: its orphans were given to another process than this engine. */
  readonly isAdopted?: boolean;
}
