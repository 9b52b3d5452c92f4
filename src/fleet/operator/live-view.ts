import type { Subscription as NatsSubscription } from '@nats-io/nats-core';
import type { OnMessage } from '../../client/connection/streams.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { SnapshotMessage, SnapshotRow } from '../../protocol/snapshot.ts';
import { WIRE_LIMITS } from '../../protocol/wire-limits.ts';
import type { LiveChange, LiveRevision, LiveTable } from '../contract/answers.ts';

const LEASE_MS = 15_000;
const RENEW_MS = 5_000;
/** Changes that arrive while the table is read; after more of them it is read again. */
const MAX_BUFFERED = 10_000;
/** More programs than a host can have. */
const MAX_ROWS = 100_000;

/** How a view reaches its host. */
export interface LiveSource {
  /** Asks for a page of the table, or renews the lease. @throws HealerError */
  readonly ask: (params: Readonly<Record<string, unknown>>) => Promise<LiveTable | LiveRevision>;
  /** Subscribes to the changes that the host publishes. */
  readonly listen: (onChange: (bytes: Uint8Array) => void) => NatsSubscription;
  readonly onLost: (reason: Error) => void;
}

/**
 * The live table of one host for one viewer. It subscribes to changes, reads the whole table, and then applies changes in
 * order. After a gap it reads the table again.
 */
export class LiveView {
  readonly #source: LiveSource;
  readonly #onMessage: OnMessage<'snapshot'>;
  readonly #listening: NatsSubscription;
  #buffered: LiveChange[] | null = [];
  #epoch = '';
  #rev = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(source: LiveSource, onMessage: OnMessage<'snapshot'>) {
    this.#source = source;
    this.#onMessage = onMessage;
    this.#listening = source.listen((bytes) => this.#take(bytes));
  }

  /** Resolves once the first whole table was delivered. @throws HealerError */
  async start(): Promise<void> {
    await this.#readTable();
    this.#renewLater();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#listening.unsubscribe();
  }

  async #readTable(): Promise<void> {
    this.#buffered ??= [];
    const rows: SnapshotRow[] = [];
    let first: LiveTable | null = null;
    for (;;) {
      const afterId = rows.at(-1)?.id;
      const page = await this.#source.ask({ leaseMs: LEASE_MS, ...(afterId === undefined ? {} : { afterId }) });
      if (this.#isClosed) return;
      if (!isTable(page) || isEndless(page, rows)) throw malformed();
      if (first !== null && page.epoch !== first.epoch) {
        // The table began again while its pages were read.
        rows.length = 0;
        first = null;
        continue;
      }
      first ??= page;
      rows.push(...page.rows);
      if (!page.more) break;
    }
    this.#deliverWhole(first, rows);
  }

  #deliverWhole({ epoch, rev, status }: LiveTable, rows: readonly SnapshotRow[]): void {
    this.#epoch = epoch;
    this.#rev = rev;
    const at = new Date().toISOString();
    for (let start = 0; start === 0 || start < rows.length; start += WIRE_LIMITS.batchItems) {
      const page = rows.slice(start, start + WIRE_LIMITS.batchItems);
      const more = start + WIRE_LIMITS.batchItems < rows.length;
      this.#deliver({ full: start === 0, more, at, status, rows: page, removed: [] });
    }
    const buffered = this.#buffered ?? [];
    this.#buffered = null;
    // Pages were read one after the other, so that a change may already be in a page; applying it again is harmless.
    for (const change of buffered) this.#apply(change);
  }

  #take(bytes: Uint8Array): void {
    const change = parseChange(bytes);
    if (change === null || this.#isClosed) return;
    if (this.#buffered === null) this.#apply(change);
    else if (this.#buffered.length < MAX_BUFFERED) this.#buffered.push(change);
  }

  #apply(change: LiveChange): void {
    if (change.epoch === this.#epoch && change.rev <= this.#rev) return;
    if (change.epoch !== this.#epoch || change.rev !== this.#rev + 1) {
      this.#readAgain();
      return;
    }
    this.#rev = change.rev;
    this.#deliver(change.change);
  }

  #deliver(message: SnapshotMessage): void {
    void this.#onMessage({ subscription: 0, ...message });
  }

  #readAgain(): void {
    if (this.#buffered !== null) return;
    this.#buffered = [];
    this.#readTable().catch((error: unknown) => this.#source.onLost(error as Error));
  }

  #renewLater(): void {
    this.#timer = setTimeout(() => {
      this.#renew().catch((error: unknown) => this.#source.onLost(error as Error));
    }, RENEW_MS);
  }

  /** The bus keeps the order of messages: changes up to the revision in the answer have arrived, unless they were lost. */
  async #renew(): Promise<void> {
    const { epoch, rev } = await this.#source.ask({ leaseMs: LEASE_MS, renew: true });
    if (this.#isClosed) return;
    if (epoch !== this.#epoch || rev !== this.#rev) this.#readAgain();
    this.#renewLater();
  }
}

function isTable(page: LiveTable | LiveRevision): page is LiveTable {
  return 'rows' in page && Array.isArray(page.rows);
}

/** A host that lies may send pages without end. */
function isEndless({ more, rows }: LiveTable, known: readonly SnapshotRow[]): boolean {
  return more && (known.length > MAX_ROWS || rows.length === 0 || rows.at(-1)?.id === known.at(-1)?.id);
}

function parseChange(bytes: Uint8Array): LiveChange | null {
  try {
    const value = JSON.parse(new TextDecoder().decode(bytes)) as Partial<LiveChange> | null;
    const isChange =
      typeof value?.epoch === 'string' &&
      typeof value.rev === 'number' &&
      Array.isArray(value.change?.rows) &&
      Array.isArray(value.change.removed);
    return isChange ? (value as LiveChange) : null;
  } catch {
    return null;
  }
}

function malformed(): HealerError {
  return new HealerError('INTERNAL', 'the host sent something that is not its table of programs');
}
