import { HealerError } from '../../protocol/errors.ts';
import { isRecord } from '../../protocol/rpc.ts';
import type { SnapshotRow } from '../../protocol/snapshot.ts';
import type { LiveChange, LiveRevision, LiveTable } from '../contract/answers.ts';
import { ANSWER_BYTES } from '../contract/subjects.ts';
import type { EngineSessions, SessionOwner } from './engine-sessions.ts';
import { FollowedTable } from './followed-table.ts';

const LEASE_MS = 15_000;
const MAX_LEASE_MS = 60_000;
/** The rest of an answer is the status of the engine. */
const ROWS_BYTES = ANSWER_BYTES - 64 * 1024;

/**
 * The lease on the live table of this host. While at least one viewer holds it, the engine streams the table, and each
 * change is published once for all viewers.
 */
export class LiveLease {
  readonly #sessions: EngineSessions;
  readonly #publish: (change: LiveChange) => void;
  #table: FollowedTable | null = null;
  #until = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(sessions: EngineSessions, publish: (change: LiveChange) => void) {
    this.#sessions = sessions;
    this.#publish = publish;
  }

  /**
   * Extends the lease and returns a page of the table; for a renewal, only its revision.
   * @throws HealerError INVALID_CONFIG, or as connecting to the engine does
   */
  async ask(owner: SessionOwner, params: unknown): Promise<LiveTable | LiveRevision> {
    const { leaseMs, afterId, renew } = leaseRequest(params);
    this.#extend(leaseMs);
    const table = this.#table ?? this.#follow(owner);
    const status = await table.whole();
    const { epoch, rev } = table;
    if (renew) return { epoch, rev };
    return { epoch, rev, status, ...pageOf(table.rows, afterId) };
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#until = 0;
    this.#table?.close();
    this.#table = null;
  }

  #follow(owner: SessionOwner): FollowedTable {
    const table: FollowedTable = new FollowedTable(
      () => this.#sessions.connect({ ...owner, access: 'read' }),
      this.#publish,
      () => {
        if (this.#table === table) this.#table = null;
      },
    );
    this.#table = table;
    return table;
  }

  #extend(leaseMs: number): void {
    const until = performance.now() + leaseMs;
    if (until <= this.#until) return;
    this.#until = until;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.close(), leaseMs);
  }
}

interface LeaseRequest {
  readonly leaseMs: number;
  readonly afterId: string | undefined;
  readonly renew: boolean;
}

function leaseRequest(params: unknown): LeaseRequest {
  const { leaseMs = LEASE_MS, afterId, renew } = isRecord(params) ? params : {};
  if (typeof leaseMs !== 'number' || !(leaseMs >= 1_000 && leaseMs <= MAX_LEASE_MS)) {
    throw new HealerError('INVALID_CONFIG', `"leaseMs" must be a number from 1000 to ${String(MAX_LEASE_MS)}`);
  }
  return { leaseMs, afterId: typeof afterId === 'string' ? afterId : undefined, renew: renew === true };
}

function pageOf(
  table: ReadonlyMap<string, SnapshotRow>,
  afterId: string | undefined,
): Pick<LiveTable, 'rows' | 'more'> {
  const wanted = [...table.values()].filter(({ id }) => afterId === undefined || id > afterId);
  wanted.sort((one, other) => (one.id < other.id ? -1 : 1));
  let bytes = 0;
  const end = wanted.findIndex((row, index) => {
    bytes += Buffer.byteLength(JSON.stringify(row)) + 1;
    return index > 0 && bytes > ROWS_BYTES;
  });
  return end === -1 ? { rows: wanted, more: false } : { rows: wanted.slice(0, end), more: true };
}
