import type { Msg } from '@nats-io/transport-node';
import { createTaskQueue } from '../../base/task-queue.ts';
import type { Bus } from '../bus/connect-bus.ts';
import { CLOCK_SUBJECT } from '../bus/hub-time.ts';
import { acceptJoin } from './accept-join.ts';
import { connectKeeper, publishHosts, pushAccount } from './admin-connection.ts';
import { changeHub, readHub } from './hub-file.ts';
import { serveKept } from './serve-kept.ts';
import { ensureStreams } from './streams.ts';

const RETRY_MS = 2_000;
const JOIN_SUBJECT = /^healer\.v1\.join\.([A-Z0-9]+)$/;
/** Answers go to inboxes only, never to a subject on which only another member may publish. */
const INBOX = /^_INBOX\.(?:host|person|join)\./;

/** What the agent on the machine of the hub reports about the hub. */
export interface HubKeeperListener {
  readonly onProblem: (problem: string | null) => void;
}

/**
 * Runs on the machine of the hub, in its agent: creates the streams again if the server has lost them, accepts invitations,
 * and gives the time.
 */
export class HubKeeper {
  readonly #stateDir: string;
  readonly #listener: HubKeeperListener;
  readonly #inTurn = createTaskQueue();
  #bus: Bus | null = null;
  #retry: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(stateDir: string, listener: HubKeeperListener) {
    this.#stateDir = stateDir;
    this.#listener = listener;
  }

  /** Connects and stays connected. */
  async start(): Promise<void> {
    const bus = await connectKeeper(readHub(this.#stateDir), true);
    this.#bus = bus;
    if (this.#isClosed) return bus.close();
    bus.nats.subscribe(CLOCK_SUBJECT, { callback: (_error, message) => answer(message, String(Date.now())) });
    bus.nats.subscribe('healer.v1.join.*', {
      callback: (_error, message) => void this.#inTurn(() => this.#join(message)),
    });
    serveKept(bus.nats);
    void this.#restoreAtEachConnection(bus);
    await this.#restore();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    await this.#bus?.close();
  }

  async #restoreAtEachConnection({ nats }: Bus): Promise<void> {
    for await (const { type } of nats.status()) if (type === 'reconnect') await this.#restore();
  }

  /** Creates again what the server has lost. */
  async #restore(): Promise<void> {
    clearTimeout(this.#retry);
    const bus = this.#bus;
    if (bus === null || this.#isClosed) return;
    try {
      const hub = readHub(this.#stateDir);
      await pushAccount(hub);
      await ensureStreams(bus.nats);
      await publishHosts(bus, hub);
      this.#listener.onProblem(null);
    } catch (error) {
      this.#listener.onProblem(String(error instanceof Error ? error.message : error));
      this.#retry = setTimeout(() => void this.#restore(), RETRY_MS);
    }
  }

  async #join(message: Msg): Promise<void> {
    const key = JOIN_SUBJECT.exec(message.subject)?.[1];
    if (key === undefined) return;
    const result = await changeHub(this.#stateDir, async (hub) => {
      const joined = await acceptJoin(hub, key, message.string(), Date.now());
      return [joined.hub, joined.answer];
    }).catch(() => ({ problem: 'the hub cannot write its files: run "healer fleet doctor" there' }));
    answer(message, JSON.stringify(result));
  }
}

function answer(message: Msg, text: string): void {
  if (message.reply !== undefined && INBOX.test(message.reply)) message.respond(text);
}
