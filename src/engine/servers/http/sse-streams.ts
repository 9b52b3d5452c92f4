import type { IncomingMessage, ServerResponse } from 'node:http';
import { HealerError } from '../../../protocol/errors.ts';
import type { NotificationName } from '../../../protocol/notifications.ts';
import { parseParams } from '../../access/parse-params.ts';
import type { ServedEngine } from '../../access/served-engine.ts';
import { type Stream, streamEvents, streamLog, type StreamOutlet, streamSnapshot } from '../streams.ts';
import { SseOutlet } from './sse-outlet.ts';

const HEARTBEAT_MS = 15_000;
const MOST_STREAMS = 1_500;

type Fields = Readonly<Record<string, unknown>>;
type Open = (outlet: StreamOutlet) => Stream;

/** The streams of all clients: each ends with its connection, and all of them with the server. */
export class SseStreams {
  readonly #engine: ServedEngine;
  readonly #open = new Map<ServerResponse, SseOutlet>();
  #heartbeat: NodeJS.Timeout | undefined;

  constructor(engine: ServedEngine) {
    this.#engine = engine;
  }

  get count(): number {
    return this.#open.size;
  }

  /** @throws HealerError INVALID_CONFIG, PROCESS_NOT_FOUND or TOO_MANY_REQUESTS; nothing is answered then */
  start(name: NotificationName, params: Fields, request: IncomingMessage, response: ServerResponse): void {
    if (this.#open.size >= MOST_STREAMS) {
      throw new HealerError('TOO_MANY_REQUESTS', `${String(MOST_STREAMS)} streams are open already; end some of them`);
    }
    const open = this.#prepare(name, params, request.headers['last-event-id']);
    const outlet = new SseOutlet(response);
    const stream = open(outlet);
    this.#open.set(response, outlet);
    response.on('close', () => {
      stream.close();
      this.#open.delete(response);
      if (this.#open.size === 0) this.#rest();
    });
    this.#heartbeat ??= setInterval(() => {
      for (const each of this.#open.values()) each.beat();
    }, HEARTBEAT_MS);
  }

  close(): void {
    for (const response of this.#open.keys()) response.end();
    this.#rest();
  }

  #rest(): void {
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
  }

  /** All that can be wrong is found before the first byte of an answer. */
  #prepare(name: NotificationName, params: Fields, lastId: string | string[] | undefined): Open {
    const engine = this.#engine;
    const resume = typeof lastId === 'string' && lastId !== '' ? lastId : null;
    switch (name) {
      case 'snapshot': {
        const { intervalMs } = parseParams('subscribeSnapshot', params);
        return (outlet) => streamSnapshot(engine, outlet, 0, intervalMs);
      }
      case 'events': {
        const after = resume === null ? {} : { afterSeq: seqOf(resume) };
        const { afterSeq = engine.lastSeq(), process } = parseParams('subscribeEvents', { ...params, ...after });
        return (outlet) => streamEvents(engine, outlet, 0, { afterSeq: existing(afterSeq, engine), process });
      }
      case 'log': {
        const after = resume === null ? {} : { after: resume };
        const from = parseParams('subscribeLog', { ...params, ...after });
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

/** An engine that has lost its history is heard from its beginning. */
function existing(afterSeq: number, { lastSeq }: ServedEngine): number {
  return afterSeq > lastSeq() ? 0 : afterSeq;
}
