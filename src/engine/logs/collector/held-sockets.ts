import { closeSync, rmSync } from 'node:fs';
import type { Libc } from '../../../base/libc.ts';
import { parseJsonObject } from '../../../base/parse-json-object.ts';
import { MessageReceiver, type ReceivedMessage, sendMessage } from '../../../base/socket-messages.ts';
import { acceptConnection, listenForMessages, peerUserOf } from '../../../base/unix-sockets.ts';
import { ENDPOINT_KEY, HANDOFF_BYTES } from '../files/handoff-messages.ts';
import type { Poller } from './poller.ts';

/** Longer than what sd_notify(3) sends. */
const NOTICE_BYTES = 4096;
/** Notification sockets of earlier engines that programs may still be connected to. */
const MAX_NOTIFY_SOCKETS = 4;
/** Messages read in one step, so that a program that floods the socket does not delay the output of others. */
const MESSAGES_PER_STEP = 64;

interface HeldSocketsParts {
  readonly libc: Libc;
  readonly poller: Poller;
  /** Receives the messages of programs. Their descriptors are closed afterwards. */
  readonly onNotice: (message: ReceivedMessage) => void;
}

/**
 * The sockets that engines hand over, so that they outlive them: listening sockets of programs, and the one that programs
 * send their notifications to.
 */
export class HeldSockets {
  readonly #libc: Libc;
  readonly #poller: Poller;
  readonly #onNotice: (message: ReceivedMessage) => void;
  readonly #notices: MessageReceiver;
  readonly #messages: MessageReceiver;
  readonly #connections = new Set<number>();
  readonly #listening = new Map<string, number>();
  #notifySockets: number[] = [];
  #door: number | null = null;

  constructor({ libc, poller, onNotice }: HeldSocketsParts) {
    this.#libc = libc;
    this.#poller = poller;
    this.#onNotice = onNotice;
    this.#notices = new MessageReceiver(libc, NOTICE_BYTES);
    this.#messages = new MessageReceiver(libc, HANDOFF_BYTES);
  }

  /** Whether listening sockets are held, whose clients wait for the next engine. */
  get hasListening(): boolean {
    return this.#listening.size > 0;
  }

  /** Whether sockets of an engine are held for its successor. */
  get hasEndpoints(): boolean {
    return [...this.#listening.keys()].some((key) => key.startsWith(ENDPOINT_KEY));
  }

  /** Closes the sockets of an engine that has no successor: its clients are to be refused, and not to wait. */
  closeEndpoints(): void {
    for (const key of [...this.#listening.keys()]) if (key.startsWith(ENDPOINT_KEY)) this.#drop(key);
  }

  /** Accepts connections of engines at this path. @throws SystemCallError */
  open(path: string): void {
    const previous = this.#door;
    this.#door = listenForMessages(this.#libc, path);
    this.#poller.add(this.#door, 'level');
    if (previous !== null) this.#forget(previous);
  }

  /** Handles an event of a descriptor. Returns false if it belongs to something else. */
  notice(fd: number): boolean {
    if (fd === this.#door) this.#accept(fd);
    else if (this.#notifySockets.includes(fd)) this.#readNotices(fd);
    else if (this.#connections.has(fd)) this.#read(fd);
    else return false;
    return true;
  }

  close(path: string): void {
    if (this.#door !== null) rmSync(path, { force: true });
  }

  #accept(door: number): void {
    const fd = acceptConnection(this.#libc, door);
    if (fd === null) return;
    if (peerUserOf(this.#libc, fd) !== process.geteuid?.()) {
      closeSync(fd);
      return;
    }
    this.#connections.add(fd);
    this.#poller.add(fd, 'level');
  }

  #readNotices(fd: number): void {
    for (let count = 0; count < MESSAGES_PER_STEP; count++) {
      const message = this.#notices.receive(fd);
      if (message === null) return;
      try {
        this.#onNotice(message);
      } finally {
        // The sender of BARRIER=1 waits until its descriptor is closed.
        for (const passed of message.fds) closeSync(passed);
      }
    }
  }

  #read(connection: number): void {
    const message = this.#messages.receive(connection);
    if (message === null) return;
    if (message.bytes.length === 0) {
      this.#connections.delete(connection);
      this.#forget(connection);
      return;
    }
    const [fd, ...others] = message.fds;
    for (const other of others) closeSync(other);
    this.#execute(connection, parseJsonObject(message.bytes.toString('utf8')), fd ?? null);
  }

  #execute(connection: number, message: Readonly<Record<string, unknown>> | null, fd: number | null): void {
    const key = String(message?.['key']);
    const kind = message?.['kind'];
    if (kind === 'notify' && fd !== null) this.#addNotifySocket(fd);
    else if (kind === 'keep' && fd !== null) this.#keep(key, fd);
    else {
      if (fd !== null) closeSync(fd);
      if (kind === 'drop') this.#drop(key);
      if (kind === 'take') this.#give(connection);
    }
  }

  #addNotifySocket(fd: number): void {
    this.#notifySockets.push(fd);
    this.#poller.add(fd, 'level');
    if (this.#notifySockets.length > MAX_NOTIFY_SOCKETS) {
      const oldest = this.#notifySockets.shift();
      if (oldest !== undefined) this.#forget(oldest);
    }
  }

  #keep(key: string, fd: number): void {
    this.#drop(key);
    this.#listening.set(key, fd);
  }

  #drop(key: string): void {
    const fd = this.#listening.get(key);
    if (fd !== undefined) closeSync(fd);
    this.#listening.delete(key);
  }

  #give(connection: number): void {
    for (const [key, fd] of this.#listening)
      sendMessage(this.#libc, connection, JSON.stringify({ kind: 'kept', key }), [fd]);
    sendMessage(this.#libc, connection, JSON.stringify({ kind: 'end' }));
  }

  #forget(fd: number): void {
    this.#poller.remove(fd);
    closeSync(fd);
  }
}
