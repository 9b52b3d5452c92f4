import {
  afterDelivery,
  afterFailure,
  type ChannelHealth,
  HEALTHY,
  type MessageAttempts,
} from '../../policy/alerts/delivery.ts';
import type { Channel, DeliveryFailure } from '../../protocol/alert-delivery.ts';
import type { SpooledMessage } from './spool.ts';

/** Messages that may wait for one channel; of more the oldest go, and are counted. */
export const MAX_MESSAGES = 1_000;

interface QueuedMessage extends SpooledMessage {
  tries: MessageAttempts;
}

export interface QueueActions {
  readonly now: () => number;
  /** Hands a message to the delivery worker; false when there is none now. */
  readonly deliver: (channel: Channel, file: string) => boolean;
  readonly remove: (message: SpooledMessage) => void;
  readonly tell: (kind: 'alert-failed' | 'alerts-recovered', reason: string, data: Record<string, unknown>) => void;
}

const UNTRIED: MessageAttempts = { failures: 0, notBefore: 0 };

/** The messages of one channel on their way: one in hand, the others in order, those that failed after a while again. */
export class ChannelQueue {
  readonly #channel: Channel;
  readonly #actions: QueueActions;
  #messages: QueuedMessage[] = [];
  #inHand: QueuedMessage | null = null;
  #restsUntil = 0;
  #health: ChannelHealth = HEALTHY;
  #timer: NodeJS.Timeout | undefined;

  constructor(channel: Channel, actions: QueueActions) {
    this.#channel = channel;
    this.#actions = actions;
  }

  get waiting(): number {
    return this.#messages.length;
  }

  get health(): ChannelHealth {
    return this.#health;
  }

  add(messages: readonly SpooledMessage[]): void {
    for (const message of messages) {
      const isKnown = this.#messages.some(({ file }) => file === message.file);
      if (!isKnown) this.#messages.push({ ...message, tries: UNTRIED });
    }
    this.#dropSurplus();
    this.#pump();
  }

  /** A new delivery worker knows nothing of what the one before had in hand. */
  startOver(): void {
    this.#inHand = null;
    this.tryAgain();
  }

  /** Something changed: whatever rested is tried now. */
  tryAgain(): void {
    this.#restsUntil = 0;
    for (const message of this.#messages) message.tries = { ...message.tries, notBefore: 0 };
    this.#pump();
  }

  /** Gives the delivery worker all that may be tried now: the engine will not be there to give it one by one. */
  handOver(): void {
    this.close();
    const now = this.#actions.now();
    if (now < this.#restsUntil) return;
    for (const message of this.#messages) {
      if (message !== this.#inHand && message.tries.notBefore <= now)
        this.#actions.deliver(this.#channel, message.file);
    }
  }

  onReport(file: string | null, failure: DeliveryFailure | null): void {
    const message = this.#inHand;
    // What a delivery worker that is gone had to say must not be taken for news of another message.
    if (message?.file !== file) return;
    this.#inHand = null;
    if (failure === null) this.#delivered(message);
    else this.#failed(message, failure);
    this.#pump();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #delivered(message: QueuedMessage): void {
    this.#messages = this.#messages.filter((other) => other !== message);
    const areOthersRefused = this.#messages.some(({ tries }) => tries.failures > 0 && tries.notBefore > 0);
    const verdict = afterDelivery(this.#health, areOthersRefused, this.#actions.now());
    const since = this.#health.failingSince;
    this.#health = verdict.health;
    if (verdict.next !== 'delivered' || !verdict.hasRecovered) return;
    const data = { channel: this.#channel, failingSince: since === null ? null : new Date(since).toISOString() };
    this.#actions.tell('alerts-recovered', `alerts by ${this.#channel} get out again`, data);
  }

  #failed(message: QueuedMessage, failure: DeliveryFailure): void {
    const now = this.#actions.now();
    const verdict = afterFailure(this.#channel, this.#health, message.tries, failure, message.writtenAt, now);
    this.#health = verdict.health;
    const data = { channel: this.#channel, cause: failure.cause, waiting: this.#messages.length };
    if (verdict.next === 'give-up') {
      this.#take(message);
      this.#actions.tell('alert-failed', `an alert was given up: ${failure.message}`, { ...data, gaveUp: true });
    }
    if (verdict.next !== 'retry') return;
    message.tries = verdict.tries;
    if (failure.scope === 'channel') this.#restsUntil = verdict.tries.notBefore;
    if (verdict.began) {
      this.#actions.tell('alert-failed', `${failure.message}; it is tried again`, { ...data, gaveUp: false });
    }
  }

  #take(message: QueuedMessage): void {
    this.#messages = this.#messages.filter((other) => other !== message);
    this.#actions.remove(message);
  }

  #dropSurplus(): void {
    const surplus = this.#messages.filter((message) => message !== this.#inHand).slice(0, -MAX_MESSAGES);
    if (surplus.length === 0) return;
    for (const message of surplus) this.#take(message);
    const reason = `${String(surplus.length)} of the oldest alerts by ${this.#channel} were dropped: ${String(MAX_MESSAGES)} wait already`;
    this.#actions.tell('alert-failed', reason, { channel: this.#channel, dropped: surplus.length, gaveUp: true });
  }

  /** Hands out the next message that is due, or sets the clock for it. */
  #pump(): void {
    clearTimeout(this.#timer);
    if (this.#inHand !== null || this.#messages.length === 0) return;
    const now = this.#actions.now();
    const next = this.#messages.find(({ tries }) => Math.max(tries.notBefore, this.#restsUntil) <= now);
    if (next !== undefined) {
      // Without a delivery worker it waits for the next one, whose start calls tryAgain.
      if (this.#actions.deliver(this.#channel, next.file)) this.#inHand = next;
      return;
    }
    const soonest = Math.min(...this.#messages.map(({ tries }) => tries.notBefore));
    this.#timer = setTimeout(() => this.#pump(), Math.max(this.#restsUntil, soonest) - now);
  }
}
