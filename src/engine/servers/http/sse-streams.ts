import type { ServerResponse } from 'node:http';
import type { Caller } from '../../../policy/remote-access/caller.ts';
import { HealerError } from '../../../protocol/errors.ts';
import type { NotificationName } from '../../../protocol/notifications.ts';
import type { RemoteEntrance } from '../../access/remote-entrance.ts';
import type { ServedEngine } from '../../access/served-engine.ts';
import { type Stream, streamEvents, streamLog, type StreamOutlet, streamSnapshot } from '../streams.ts';
import { SseOutlet } from './sse-outlet.ts';

const HEARTBEAT_MS = 15_000;
const MAX_STREAMS = 1_500;

interface StreamRequest {
  readonly caller: Caller;
  /** From the path and the query, not yet validated. */
  readonly params: Readonly<Record<string, unknown>>;
  /** The header Last-Event-ID: where a client that reconnects wants to resume. */
  readonly lastEventId: string | string[] | undefined;
}

type Open = (outlet: StreamOutlet) => Stream;

/** The streams of all clients. Each closes with its connection, and all of them close with the server. */
export class SseStreams {
  readonly #engine: ServedEngine;
  readonly #entrance: RemoteEntrance;
  readonly #open = new Map<ServerResponse, SseOutlet>();
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
    if (this.#open.size >= MAX_STREAMS) {
      throw new HealerError('TOO_MANY_REQUESTS', `${String(MAX_STREAMS)} streams are already open; close some of them`);
    }
    const open = this.#prepare(name, request);
    const outlet = new SseOutlet(response);
    const stream = open(outlet);
    this.#open.set(response, outlet);
    response.on('close', () => {
      stream.close();
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

  #stopHeartbeat(): void {
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
  }

  /** Throws for any invalid request, so that the returned function cannot fail once the response has begun. */
  #prepare(name: NotificationName, { caller, params, lastEventId }: StreamRequest): Open {
    const engine = this.#engine;
    const resume = typeof lastEventId === 'string' && lastEventId !== '' ? lastEventId : null;
    switch (name) {
      case 'snapshot': {
        const { intervalMs } = this.#entrance.authorizeStream(caller, name)(params);
        return (outlet) => streamSnapshot(engine, outlet, 0, intervalMs);
      }
      case 'events': {
        const after = resume === null ? {} : { afterSeq: seqOf(resume) };
        const parse = this.#entrance.authorizeStream(caller, name);
        const { afterSeq = engine.lastSeq(), process } = parse({ ...params, ...after });
        return (outlet) => streamEvents(engine, outlet, 0, { afterSeq: existing(afterSeq, engine), process });
      }
      case 'log': {
        const after = resume === null ? {} : { after: resume };
        const from = this.#entrance.authorizeStream(caller, name)({ ...params, ...after });
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
