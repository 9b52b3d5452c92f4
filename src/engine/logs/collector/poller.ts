import type { Libc } from '../../../base/libc.ts';

/** From sys/epoll.h. */
const EPOLL_CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLLIN = 0x001;
const EPOLLOUT = 0x004;
const EPOLLHUP = 0x010;
const EPOLLET = 0x80000000;

/** struct epoll_event is packed only on x64: 32 bits of events, then 64 bits of data, which contain the fd. */
const EVENT_BYTES = process.arch === 'x64' ? 12 : 16;
const FD_OFFSET = EVENT_BYTES - 8;
/** The data also contain the number of the registration, in their upper half. */
const REGISTRATION_OFFSET = FD_OFFSET + 4;
const EVENTS_PER_WAIT = 128;

export interface Readiness {
  readonly fd: number;
  /** Distinguishes a descriptor from an earlier one with the same number. */
  readonly registration: number;
  /** No other process has it open for writing. */
  readonly isHungUp: boolean;
}

/** Waits with epoll(7), outside of Node's event loop. */
export class Poller {
  readonly #libc: Libc;
  readonly #epoll: number;
  /** A second epoll, to check whether a pipe has room without receiving that as an event. */
  readonly #probe: number;
  readonly #request = Buffer.alloc(EVENT_BYTES);
  readonly #events = Buffer.alloc(EVENT_BYTES * EVENTS_PER_WAIT);
  readonly #registrations = new Map<number, number>();
  #lastRegistration = 0;

  constructor(libc: Libc) {
    this.#libc = libc;
    this.#epoll = libc.check('epoll_create1', EPOLL_CLOEXEC);
    this.#probe = libc.check('epoll_create1', EPOLL_CLOEXEC);
  }

  /** `edges` reports each change once; `level` reports a descriptor as long as it is readable. */
  add(fd: number, how: 'edges' | 'level'): void {
    this.#lastRegistration = (this.#lastRegistration + 1) >>> 0;
    this.#registrations.set(fd, this.#lastRegistration);
    this.#control(this.#epoll, EPOLL_CTL_ADD, fd, how === 'edges' ? EPOLLIN + EPOLLET : EPOLLIN);
  }

  /** Stops waiting for a descriptor. It can be added again. */
  remove(fd: number): void {
    if (!this.#registrations.delete(fd)) return;
    this.#control(this.#epoll, EPOLL_CTL_DEL, fd, 0);
  }

  /**
   * Returns whether an event still applies. What one event leads to may close the descriptor of a later one of the same wait,
   * and open another under its number.
   */
  isCurrent({ fd, registration }: Readiness): boolean {
    return this.#registrations.get(fd) === registration;
  }

  hasRoom(fd: number): boolean {
    this.#control(this.#probe, EPOLL_CTL_ADD, fd, EPOLLOUT);
    const ready = this.#libc.call('epoll_wait', this.#probe, this.#events, 1, 0);
    this.#control(this.#probe, EPOLL_CTL_DEL, fd, 0);
    return ready > 0;
  }

  /** Waits for descriptors to become ready. Returns an empty list if a signal interrupts the wait. */
  wait(timeoutMs: number): Readiness[] {
    const count = this.#libc.call('epoll_wait', this.#epoll, this.#events, EVENTS_PER_WAIT, timeoutMs);
    const ready: Readiness[] = [];
    for (let at = 0; at < count * EVENT_BYTES; at += EVENT_BYTES) {
      const flags = this.#events.readUInt32LE(at);
      const fd = this.#events.readInt32LE(at + FD_OFFSET);
      const registration = this.#events.readUInt32LE(at + REGISTRATION_OFFSET);
      ready.push({ fd, registration, isHungUp: (flags & EPOLLHUP) !== 0 });
    }
    return ready;
  }

  #control(epoll: number, operation: number, fd: number, events: number): void {
    this.#request.writeUInt32LE(events, 0);
    this.#request.writeInt32LE(fd, FD_OFFSET);
    this.#request.writeUInt32LE(this.#registrations.get(fd) ?? 0, REGISTRATION_OFFSET);
    this.#libc.check('epoll_ctl', epoll, operation, fd, this.#request);
  }
}
