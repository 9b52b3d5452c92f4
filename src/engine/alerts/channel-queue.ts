import {
  afterDelivery,
  afterFailure,
  type ChannelHealth,
  HEALTHY,
  type MessageAttempts,
} from '../../policy/alerts/delivery.ts';
import type { Channel, DeliveryFailure } from '../../protocol/alert-delivery.ts';
import type { SpooledMessage } from './spool.ts';

/** How many messages may wait for one channel. Beyond that, the oldest are dropped and counted. */
export const MAX_MESSAGES = 1_000;

interface QueuedMessage extends SpooledMessage {
  /** `notBefore` is by the monotonic clock. */
  tries: MessageAttempts;
  /** When it was written, by the monotonic clock. */
  readonly steadyWrittenAt: number;
}

/** The effects of a queue. */
export interface QueueActions {
  /** Wall clock in ms. */
  readonly now: () => number;
  /** Monotonic clock in ms, for delays and ages; the wall clock by default. */
  readonly steadyNow?: () => number;
  /** Passes a message to the delivery worker. Returns false if none is running. */
  readonly deliver: (channel: Channel, file: string) => boolean;
  readonly remove: (message: SpooledMessage) => void;
  /** Records an event. */
  readonly record: (kind: 'alert-failed' | 'alerts-recovered', reason: string, data: Record<string, unknown>) => void;
}

const UNTRIED: MessageAttempts = { failures: 0, notBefore: 0 };

/** The messages of one channel. They are delivered one at a time and in order; failed ones are retried after a delay. */
export class ChannelQueue {
  readonly #channel: Channel;
  readonly #actions: QueueActions;
  #messages: QueuedMessage[] = [];
  #current: QueuedMessage | null = null;
  #pausedUntil = 0;
  #health: ChannelHealth = HEALTHY;
  #timer: NodeJS.Timeout | undefined;

  constructor(channel: Channel, actions: QueueActions) {
    this.#channel = channel;
    this.#actions = actions;
  }

  /** The number of messages that are not delivered yet. */
  get waiting(): number {
    return this.#messages.length;
  }

  get health(): ChannelHealth {
    return this.#health;
  }

  /** Adds messages, ignoring those that are already queued. */
  add(messages: readonly SpooledMessage[]): void {
    for (const message of messages) {
      const isKnown = this.#messages.some(({ file }) => file === message.file);
      const ageMs = Math.max(0, this.#actions.now() - message.writtenAt);
      if (!isKnown) this.#messages.push({ ...message, tries: UNTRIED, steadyWrittenAt: this.#steadyNow() - ageMs });
    }
    this.#dropSurplus();
    this.#pump();
  }

  /** Sends the current message again: a new delivery worker does not know what the previous one was sending. */
  resend(): void {
    this.#current = null;
    this.retryNow();
  }

  /** Retries all messages without waiting, for example because the settings changed. */
  retryNow(): void {
    this.#pausedUntil = 0;
    for (const message of this.#messages) message.tries = { ...message.tries, notBefore: 0 };
    this.#pump();
  }

  /** Passes all due messages to the delivery worker at once, because the engine exits. */
  handOver(): void {
    this.close();
    const now = this.#steadyNow();
    if (now < this.#pausedUntil) return;
    for (const message of this.#messages) {
      if (message !== this.#current && message.tries.notBefore <= now)
        this.#actions.deliver(this.#channel, message.file);
    }
  }

  /** Handles the report of the delivery worker about a message. */
  onReport(file: string | null, failure: DeliveryFailure | null): void {
    const message = this.#current;
    // A late report of a previous delivery worker must not be attributed to another message.
    if (message?.file !== file) return;
    this.#current = null;
    if (failure === null) this.#delivered(message);
    else this.#failed(message, failure);
    this.#pump();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #steadyNow(): number {
    return (this.#actions.steadyNow ?? this.#actions.now)();
  }

  #delivered(message: QueuedMessage): void {
    this.#messages = this.#messages.filter((other) => other !== message);
    const areOthersRefused = this.#messages.some(({ tries }) => tries.failures > 0 && tries.notBefore > 0);
    const verdict = afterDelivery(this.#health, areOthersRefused, this.#actions.now());
    const since = this.#health.failingSince;
    this.#health = verdict.health;
    if (verdict.next !== 'delivered' || !verdict.hasRecovered) return;
    const data = { channel: this.#channel, failingSince: since === null ? null : new Date(since).toISOString() };
    this.#actions.record('alerts-recovered', `alerts by ${this.#channel} are being delivered again`, data);
  }

  #failed(message: QueuedMessage, failure: DeliveryFailure): void {
    const now = this.#actions.now();
    const steadyNow = this.#steadyNow();
    const { tries, steadyWrittenAt } = message;
    // As the wall clock shows it now: it may have been set since the message was written.
    const writtenAt = now - (steadyNow - steadyWrittenAt);
    const verdict = afterFailure({ channel: this.#channel, tries, failure, writtenAt }, this.#health, now);
    this.#health = verdict.health;
    const data = { channel: this.#channel, cause: failure.cause, waiting: this.#messages.length };
    if (verdict.next === 'give-up') {
      this.#drop(message);
      this.#actions.record('alert-failed', `gave up delivering an alert: ${failure.message}`, {
        ...data,
        gaveUp: true,
      });
    }
    if (verdict.next !== 'retry') return;
    const notBefore = steadyNow + (verdict.tries.notBefore - now);
    message.tries = { ...verdict.tries, notBefore };
    if (failure.scope === 'channel') this.#pausedUntil = notBefore;
    if (verdict.began) {
      this.#actions.record('alert-failed', `${failure.message}; delivery is retried`, { ...data, gaveUp: false });
    }
  }

  #drop(message: QueuedMessage): void {
    this.#messages = this.#messages.filter((other) => other !== message);
    this.#actions.remove(message);
  }

  #dropSurplus(): void {
    const surplus = this.#messages.filter((message) => message !== this.#current).slice(0, -MAX_MESSAGES);
    if (surplus.length === 0) return;
    for (const message of surplus) this.#drop(message);
    const reason = `dropped the ${String(surplus.length)} oldest alerts by ${this.#channel}: more than ${String(MAX_MESSAGES)} are waiting`;
    this.#actions.record('alert-failed', reason, { channel: this.#channel, dropped: surplus.length, gaveUp: true });
  }

  /** Delivers the next message that is due, or sets a timer for it. */
  #pump(): void {
    clearTimeout(this.#timer);
    if (this.#current !== null || this.#messages.length === 0) return;
    const now = this.#steadyNow();
    const next = this.#messages.find(({ tries }) => Math.max(tries.notBefore, this.#pausedUntil) <= now);
    if (next !== undefined) {
      // Without a delivery worker, the message waits for the next one, whose start calls `resend`.
      if (this.#actions.deliver(this.#channel, next.file)) this.#current = next;
      return;
    }
    const soonest = Math.min(...this.#messages.map(({ tries }) => tries.notBefore));
    this.#timer = setTimeout(() => this.#pump(), Math.max(this.#pausedUntil, soonest) - now);
  }
}
