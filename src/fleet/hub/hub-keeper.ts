import { statSync } from 'node:fs';
import { headers, type Msg, type MsgHdrs } from '@nats-io/transport-node';
import { createTaskQueue } from '../../base/task-queue.ts';
import { messageOf } from '../../base/thrown.ts';
import type { Bus } from '../bus/connect-bus.ts';
import { CLOCK_SUBJECT, KEPT_HEADER } from '../bus/hub-time.ts';
import { acceptJoin } from './accept-join.ts';
import { connectKeeper, followedBy, publishHosts, pushAccount } from './admin-connection.ts';
import { changeHub, hubFiles, readHub } from './hub-file.ts';
import { serveKept } from './serve-kept.ts';
import { ensureStreams } from './streams.ts';

const RETRY_MS = 2_000;
/** How often the file of the hub is looked at: a command may not have reached the server. */
const LOOK_MS = 2_000;
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
  readonly #restoresInTurn = createTaskQueue();
  #retry: NodeJS.Timeout | undefined;
  #looks: NodeJS.Timeout | undefined;
  /** What the server follows; null until it does. */
  #followed: string | null = null;
  /** Since when the server has had all streams, on the monotonic clock; null while that is unknown. */
  #keptSince: number | null = null;
  /** The version of the file of the hub that was looked at. */
  #version = '';
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
    bus.nats.subscribe(CLOCK_SUBJECT, { callback: (_error, message) => this.#giveTime(message) });
    bus.nats.subscribe('healer.v1.join.*', {
      callback: (_error, message) => void this.#inTurn(() => this.#join(message)),
    });
    serveKept(bus);
    void this.#restoreAtEachConnection(bus);
    this.#looks = setInterval(() => this.#look(), LOOK_MS);
    await this.#restore();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    clearInterval(this.#looks);
    await this.#bus?.close();
  }

  async #restoreAtEachConnection({ nats }: Bus): Promise<void> {
    for await (const { type } of nats.status()) {
      // A server that was away may have lost everything.
      if (type === 'disconnect') this.#keptSince = null;
      if (type === 'reconnect') await this.#restore();
    }
  }

  /** Hosts publish again what they published before the server had streams. */
  #giveTime(message: Msg): void {
    const kept = headers();
    if (this.#keptSince !== null) kept.set(KEPT_HEADER, String(Math.floor(performance.now() - this.#keptSince)));
    answer(message, String(Date.now()), kept);
  }

  /** Lets the server follow a change of the hub that a command could not apply, or that overtook another one. */
  #look(): void {
    try {
      const { ino, mtimeNs } = statSync(hubFiles(this.#stateDir).hub, { bigint: true });
      const version = `${String(ino)}:${String(mtimeNs)}`;
      if (version === this.#version || this.#followed === null) return;
      this.#version = version;
      if (followedBy(readHub(this.#stateDir)) !== this.#followed) void this.#restore();
    } catch {
      // The file is read again at the next connection, which reports the problem.
    }
  }

  /** Creates again what the server has lost, and lets it follow the hub. */
  #restore(): Promise<void> {
    clearTimeout(this.#retry);
    return this.#restoresInTurn(() => this.#restoreNow());
  }

  async #restoreNow(): Promise<void> {
    const bus = this.#bus;
    if (bus === null || this.#isClosed) return;
    this.#followed = null;
    try {
      const hub = readHub(this.#stateDir);
      await pushAccount(hub);
      await ensureStreams(bus.nats);
      this.#keptSince ??= performance.now();
      await publishHosts(bus, hub);
      this.#followed = followedBy(hub);
      this.#version = '';
      this.#listener.onProblem(null);
    } catch (error) {
      if (bus.nats.isClosed()) return;
      this.#listener.onProblem(messageOf(error));
      clearTimeout(this.#retry);
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

function answer(message: Msg, text: string, fields?: MsgHdrs): void {
  if (message.reply === undefined || !INBOX.test(message.reply)) return;
  message.respond(text, fields === undefined ? {} : { headers: fields });
}
