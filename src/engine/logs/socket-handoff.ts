import { closeSync, existsSync } from 'node:fs';
import type { Libc } from '../../base/libc.ts';
import { parseJsonObject } from '../../base/parse-json-object.ts';
import { MessageReceiver, sendMessage } from '../../base/socket-messages.ts';
import { bindDatagramSocket, connectForMessages } from '../../base/unix-sockets.ts';
import type { HeldSocketsLink } from './files/log-transport.ts';
import { within } from '../../base/within.ts';
import { ENDPOINT_KEY, HANDOFF_BYTES, type HandoffRequest } from './files/handoff-messages.ts';

/** A log collector responds within milliseconds, also while it moves output. */
const TAKE_TIMEOUT_MS = 2_000;

interface SocketHandoffParts {
  readonly libc: Libc;
  /** Where the log collector accepts connections of engines. */
  readonly path: string;
  /** Requests that the log collector listens there; `opened` is called once it does. */
  readonly requestOpening: () => void;
}

/**
 * Hands sockets over to the log collector, so that they outlive this engine. The engine has them open too, so that they
 * also outlive the log collector.
 */
export class SocketHandoff {
  readonly #parts: SocketHandoffParts;
  /** The notification sockets, by their paths. */
  readonly #notify = new Map<string, number>();
  readonly #listening = new Map<string, number>();
  #connection: number | null = null;
  /** Null before a log collector has attached. */
  #isRequested: boolean | null = null;
  #onOpened: (() => void)[] = [];
  /** Keys of sockets that the log collector may still hold, and is to close. */
  readonly #dropped = new Set<string>();

  constructor(parts: SocketHandoffParts) {
    this.#parts = parts;
  }

  /** Takes the listening sockets that an earlier engine handed over. */
  take(): void {
    const { libc, path } = this.#parts;
    if (!existsSync(path)) return;
    try {
      const connection = connectForMessages(libc, path, TAKE_TIMEOUT_MS);
      try {
        sendMessage(libc, connection, JSON.stringify({ kind: 'take' } satisfies HandoffRequest));
        this.#receiveAll(connection);
      } finally {
        closeSync(connection);
      }
    } catch {
      // No log collector listens there any more: whatever it held is closed.
    }
  }

  /** A log collector has attached, possibly a new one that holds nothing. */
  attached(): void {
    this.#disconnect();
    this.#isRequested = false;
    if (this.#notify.size + this.#listening.size + this.#dropped.size > 0) this.#request();
  }

  /** The log collector listens now. */
  opened(): void {
    this.#disconnect();
    const { libc, path } = this.#parts;
    try {
      this.#connection = connectForMessages(libc, path, TAKE_TIMEOUT_MS);
    } catch {
      // It died in between; the next one is sent everything.
      return;
    }
    for (const key of this.#dropped) this.#send({ kind: 'drop', key }, null);
    this.#dropped.clear();
    for (const fd of this.#notify.values()) this.#send({ kind: 'notify' }, fd);
    for (const [key, fd] of this.#listening) this.#send({ kind: 'keep', key }, fd);
    for (const resolve of this.#onOpened.splice(0)) resolve();
  }

  /**
   * Makes sure that programs can send notifications to a socket at this path, which may be an abstract name (`@name`).
   * @throws SystemCallError
   */
  listenForNotices(path: string): void {
    if (this.#notify.has(path) && (path.startsWith('@') || existsSync(path))) return;
    const previous = this.#notify.get(path);
    const fd = bindDatagramSocket(this.#parts.libc, path);
    if (previous !== undefined) closeSync(previous);
    this.#notify.set(path, fd);
    this.#send({ kind: 'notify' }, fd);
  }

  /** Returns a listening socket that is held; null if there is none with this key. */
  listening(key: string): number | null {
    return this.#listening.get(key) ?? null;
  }

  /** The keys of all listening sockets of programs that are held. */
  get keys(): readonly string[] {
    return [...this.#listening.keys()].filter((key) => !key.startsWith(ENDPOINT_KEY));
  }

  /** Holds a listening socket from now on. */
  keep(key: string, fd: number): void {
    this.drop(key);
    this.#dropped.delete(key);
    this.#listening.set(key, fd);
    this.#send({ kind: 'keep', key }, fd);
  }

  /** Closes a listening socket that no program needs any more. */
  drop(key: string): void {
    const fd = this.#listening.get(key);
    if (fd === undefined) return;
    closeSync(fd);
    this.#listening.delete(key);
    this.#sendDrop(key);
  }

  /** Gives the log collector a copy of a socket on which this engine listens, for the next engine. */
  async leave(endpoint: string, fd: number): Promise<void> {
    // No log collector has attached, or it is of another version.
    if (this.#isRequested === null) return;
    if (this.#connection === null) {
      const opened = new Promise<void>((resolve) => this.#onOpened.push(resolve));
      this.#request();
      await within(TAKE_TIMEOUT_MS, opened, undefined);
    }
    if (this.#connection !== null) this.#send({ kind: 'keep', key: `${ENDPOINT_KEY}${endpoint}` }, fd);
  }

  /** Returns a socket that the previous engine left, which then belongs to the caller. */
  claim(endpoint: string): number | null {
    const key = `${ENDPOINT_KEY}${endpoint}`;
    const fd = this.#listening.get(key);
    if (fd === undefined) return null;
    this.#listening.delete(key);
    this.#sendDrop(key);
    return fd;
  }

  /** Closes the sockets that the previous engine left and that no endpoint claimed. */
  closeUnclaimed(): void {
    for (const key of [...this.#listening.keys()]) if (key.startsWith(ENDPOINT_KEY)) this.drop(key);
  }

  /** Closes what this process has open. The log collector keeps its own. */
  close(): void {
    this.#disconnect();
    for (const fd of [...this.#notify.values(), ...this.#listening.values()]) closeSync(fd);
    this.#notify.clear();
    this.#listening.clear();
  }

  #receiveAll(connection: number): void {
    const receiver = new MessageReceiver(this.#parts.libc, HANDOFF_BYTES);
    for (;;) {
      const message = receiver.receive(connection, { isBlocking: true });
      const [fd, ...others] = message?.fds ?? [];
      for (const other of others) closeSync(other);
      if (message === null || fd === undefined) return;
      const { kind, key } = parseJsonObject(message.bytes.toString('utf8')) ?? {};
      if (kind === 'kept' && typeof key === 'string' && !this.#listening.has(key)) this.#listening.set(key, fd);
      else closeSync(fd);
    }
  }

  #request(): void {
    if (this.#isRequested !== false) return;
    this.#isRequested = true;
    this.#parts.requestOpening();
  }

  /** Without a connection, it is sent once there is one. */
  #sendDrop(key: string): void {
    if (this.#connection === null) this.#dropped.add(key);
    this.#send({ kind: 'drop', key }, null);
  }

  /** Without a connection, everything is sent once there is one. */
  #send(request: HandoffRequest, fd: number | null): void {
    if (this.#connection === null) {
      this.#request();
      return;
    }
    try {
      sendMessage(this.#parts.libc, this.#connection, JSON.stringify(request), fd === null ? [] : [fd]);
    } catch {
      // It died; the next one is sent everything.
      this.#disconnect();
    }
  }

  #disconnect(): void {
    if (this.#connection !== null) closeSync(this.#connection);
    this.#connection = null;
  }
}

/** Where programs send their notifications: those of other users cannot enter the runtime folder. */
interface NoticeAddresses {
  readonly notices: string;
  readonly abstractNotices: string;
}

/** Returns what the start of programs needs of a handoff. */
export function linkTo(handoff: SocketHandoff, { notices, abstractNotices }: NoticeAddresses): HeldSocketsLink {
  return {
    noticeAddress: (isOtherUser) => {
      const address = isOtherUser ? abstractNotices : notices;
      handoff.listenForNotices(address);
      return address;
    },
    listening: (key) => handoff.listening(key),
    keys: () => handoff.keys,
    keep: (key, fd) => handoff.keep(key, fd),
    drop: (key) => handoff.drop(key),
    leave: (endpoint, fd) => handoff.leave(endpoint, fd),
    claim: (endpoint) => handoff.claim(endpoint),
    closeUnclaimed: () => handoff.closeUnclaimed(),
  };
}
