import { connectLocal, type Connection } from '../../client/connection/connection.ts';
import type { LocalEngine } from '../../client/connection/local-engine.ts';
import type { Access } from '../../protocol/methods/methods.ts';

const CLIENT_NAME = 'healer-fleet-agent';
/** A caller who is silent for this long gets a new connection with the next request. */
const IDLE_MS = 60_000;
const MAX_SESSIONS = 64;

/** Whose requests a connection carries. */
export interface SessionOwner {
  readonly caller: string;
  /** The access that the subject of a request names: the bus permitted no more. */
  readonly access: Access;
}

interface Session {
  readonly connection: Promise<Connection>;
  pending: number;
  idleTimer: NodeJS.Timeout | undefined;
}

/**
 * The connections to the engine on behalf of callers from the fleet. Each gave up all rights but those that the engine
 * grants its caller, so that the engine alone decides about every request.
 */
export class EngineSessions {
  readonly #engine: LocalEngine;
  readonly #sessions = new Map<string, Session>();

  constructor(engine: LocalEngine) {
    this.#engine = engine;
  }

  /** Connects on behalf of a caller. @throws HealerError as `connectLocal` does */
  connect({ caller, access }: SessionOwner): Promise<Connection> {
    const rights = { as: 'fleet', caller, allow: access } as const;
    return connectLocal({ ...this.#engine, clientName: CLIENT_NAME, rights });
  }

  /** Performs work on the shared connection of a caller. @throws HealerError as `connectLocal` does, or as the work does */
  async use<T>(owner: SessionOwner, work: (connection: Connection) => Promise<T>): Promise<T> {
    const key = `${owner.access} ${owner.caller}`;
    const session = this.#sessions.get(key) ?? this.#open(key, owner);
    session.pending += 1;
    clearTimeout(session.idleTimer);
    try {
      const connection = await session.connection;
      return await work(connection);
    } finally {
      session.pending -= 1;
      if (session.pending === 0) session.idleTimer = setTimeout(() => this.#close(key, session), IDLE_MS).unref();
    }
  }

  close(): void {
    for (const [key, session] of this.#sessions) this.#close(key, session);
  }

  #open(key: string, owner: SessionOwner): Session {
    if (this.#sessions.size >= MAX_SESSIONS) this.#closeOneIdle();
    const session: Session = { connection: this.connect(owner), pending: 0, idleTimer: undefined };
    this.#sessions.set(key, session);
    const forget = (): void => {
      if (this.#sessions.get(key) === session) this.#sessions.delete(key);
    };
    session.connection.then(({ closed }) => closed.then(forget), forget);
    return session;
  }

  #closeOneIdle(): void {
    for (const [key, session] of this.#sessions) {
      if (session.pending > 0) continue;
      this.#close(key, session);
      return;
    }
  }

  #close(key: string, session: Session): void {
    clearTimeout(session.idleTimer);
    if (this.#sessions.get(key) === session) this.#sessions.delete(key);
    session.connection.then(
      (connection) => connection.close(),
      () => undefined,
    );
  }
}
