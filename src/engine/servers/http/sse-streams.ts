import type { ServerResponse } from 'node:http';
import { HealerError } from '../../../protocol/errors.ts';
import type { NotificationName } from '../../../protocol/notifications.ts';
import type { RemoteEntrance } from '../../access/remote-entrance.ts';
import type { ServedEngine } from '../../access/served-engine.ts';
import { streamLog } from '../log-stream.ts';
import { SERVER_LIMITS } from '../server-limits.ts';
import { sharedBy } from '../shared-by.ts';
import type { Stream } from '../stream-outlet.ts';
import { GUEST_SHARE } from './connections.ts';
import type { IdentifiedCaller } from './identified-caller.ts';
import { SseOutlet } from './sse-outlet.ts';

const HEARTBEAT_MS = 15_000;

interface StreamRequest extends IdentifiedCaller {
  /** From the path and the query, not yet validated. */
  readonly params: Readonly<Record<string, unknown>>;
  /** The header Last-Event-ID: where a client that reconnects wants to resume. */
  readonly lastEventId: string | string[] | undefined;
}

type Open = (outlet: SseOutlet) => Stream;

/** The streams of all clients. Each closes with its connection, and all of them close with the server. */
export class SseStreams {
  readonly #engine: ServedEngine;
  readonly #entrance: RemoteEntrance;
  readonly #open = new Map<ServerResponse, SseOutlet>();
  /** The number of streams of each caller that is not trusted. */
  readonly #byGuest = new Map<string, number>();
  #heartbeat: NodeJS.Timeout | undefined;

  constructor(engine: ServedEngine, entrance: RemoteEntrance) {
    this.#engine = engine;
    this.#entrance = entrance;
  }

  /** The number of open streams. */
  get count(): number {
    return this.#open.size;
  }

  /**
   * Starts a stream, or throws before anything is written to the response.
   * @throws HealerError FORBIDDEN, INVALID_CONFIG, PROCESS_NOT_FOUND or TOO_MANY_REQUESTS
   */
  start(name: NotificationName, request: StreamRequest, response: ServerResponse): void {
    this.#refuseTooMany(request);
    const open = this.#prepare(name, request);
    const outlet = new SseOutlet(response, sharedBy(this.#engine).budget);
    const stream = open(outlet);
    this.#open.set(response, outlet);
    const uncount = this.#count(request);
    response.on('close', () => {
      stream.close();
      uncount();
      this.#open.delete(response);
      if (this.#open.size === 0) this.#stopHeartbeat();
    });
    this.#heartbeat ??= setInterval(() => {
      for (const each of this.#open.values()) each.beat();
    }, HEARTBEAT_MS);
  }

  /** Ends all streams. */
  close(): void {
    for (const response of this.#open.keys()) response.end();
    this.#stopHeartbeat();
  }

  #refuseTooMany({ caller, key }: StreamRequest): void {
    const { remoteStreams, guestStreams } = SERVER_LIMITS;
    const limit = caller === 'guest' ? remoteStreams * GUEST_SHARE : remoteStreams;
    if (this.#open.size >= limit) {
      throw new HealerError('TOO_MANY_REQUESTS', `${String(limit)} streams are already open; close some of them`);
    }
    if (caller === 'guest' && (this.#byGuest.get(key) ?? 0) >= guestStreams) {
      const message = `${String(guestStreams)} of your streams are already open; close some of them`;
      throw new HealerError('TOO_MANY_REQUESTS', message);
    }
  }

  /** Counts a stream and returns the function that ends this. */
  #count({ caller, key }: StreamRequest): () => void {
    if (caller !== 'guest') return () => undefined;
    this.#byGuest.set(key, (this.#byGuest.get(key) ?? 0) + 1);
    return () => {
      const left = (this.#byGuest.get(key) ?? 0) - 1;
      if (left > 0) this.#byGuest.set(key, left);
      else this.#byGuest.delete(key);
    };
  }

  #stopHeartbeat(): void {
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
  }

  /** Throws for any invalid request, so that the returned function cannot fail once the response has begun. */
  #prepare(name: NotificationName, { caller, params, lastEventId }: StreamRequest): Open {
    const engine = this.#engine;
    const { snapshots, events } = sharedBy(engine);
    const resume = typeof lastEventId === 'string' && lastEventId !== '' ? lastEventId : null;
    switch (name) {
      case 'snapshot': {
        const { intervalMs } = this.#entrance.authorizeStream({ caller }, name)(params);
        return (outlet) => snapshots.subscribe(outlet, 0, intervalMs);
      }
      case 'events': {
        const after = resume === null ? {} : { afterSeq: seqOf(resume) };
        const parse = this.#entrance.authorizeStream({ caller }, name);
        const { afterSeq = engine.lastSeq(), process, delayMs } = parse({ ...params, ...after });
        return (outlet) => {
          const start = existing(afterSeq, engine);
          // A client that is cut off before the first event then resumes here as well.
          outlet.begin(String(start));
          return events.subscribe(outlet, 0, { afterSeq: start, process, delayMs });
        };
      }
      case 'log': {
        const after = resume === null ? {} : { after: resume };
        const from = this.#entrance.authorizeStream({ caller }, name)({ ...params, ...after });
        if (engine.row(from.id) === undefined) {
          throw new HealerError('PROCESS_NOT_FOUND', `no program is called "${from.id}"`, { id: from.id });
        }
        return (outlet) => streamLog(engine, outlet, 0, from);
      }
    }
  }
}

function seqOf(id: string): unknown {
  return /^\d{1,15}$/.test(id) ? Number(id) : id;
}

/** A number that the engine has not reached yet comes from a history that was lost: the client restarts from the beginning. */
function existing(afterSeq: number, { lastSeq }: ServedEngine): number {
  return afterSeq > lastSeq() ? 0 : afterSeq;
}
