import {
  afterDelivery,
  afterFailure,
  type ChannelHealth,
  HEALTHY,
  type LetterTries,
} from '../../policy/alerts/delivery.ts';
import type { Channel, DeliveryFailure } from '../../protocol/courier.ts';
import type { SpooledLetter } from './spool.ts';

/** Letters that may wait for one channel; of more the oldest go, and are counted. */
export const MAX_LETTERS = 1_000;

interface QueuedLetter extends SpooledLetter {
  tries: LetterTries;
}

export interface QueueActions {
  readonly now: () => number;
  /** Hands a letter to the courier; false when there is none now. */
  readonly deliver: (channel: Channel, file: string) => boolean;
  readonly remove: (letter: SpooledLetter) => void;
  readonly tell: (kind: 'alert-failed' | 'alerts-recovered', reason: string, data: Record<string, unknown>) => void;
}

const UNTRIED: LetterTries = { failures: 0, notBefore: 0 };

/** The letters of one channel on their way: one in hand, the others in order, those that failed after a while again. */
export class ChannelQueue {
  readonly #channel: Channel;
  readonly #actions: QueueActions;
  #letters: QueuedLetter[] = [];
  #inHand: QueuedLetter | null = null;
  #restsUntil = 0;
  #health: ChannelHealth = HEALTHY;
  #timer: NodeJS.Timeout | undefined;

  constructor(channel: Channel, actions: QueueActions) {
    this.#channel = channel;
    this.#actions = actions;
  }

  get waiting(): number {
    return this.#letters.length;
  }

  get health(): ChannelHealth {
    return this.#health;
  }

  add(letters: readonly SpooledLetter[]): void {
    for (const letter of letters) {
      const isKnown = this.#letters.some(({ file }) => file === letter.file);
      if (!isKnown) this.#letters.push({ ...letter, tries: UNTRIED });
    }
    this.#dropSurplus();
    this.#pump();
  }

  /** A new courier knows nothing of what the one before had in hand. */
  startOver(): void {
    this.#inHand = null;
    this.tryAgain();
  }

  /** Something changed: whatever rested is tried now. */
  tryAgain(): void {
    this.#restsUntil = 0;
    for (const letter of this.#letters) letter.tries = { ...letter.tries, notBefore: 0 };
    this.#pump();
  }

  /** Gives the courier all that may be tried now: the engine will not be there to give it one by one. */
  handOver(): void {
    this.close();
    const now = this.#actions.now();
    if (now < this.#restsUntil) return;
    for (const letter of this.#letters) {
      if (letter !== this.#inHand && letter.tries.notBefore <= now) this.#actions.deliver(this.#channel, letter.file);
    }
  }

  onReport(file: string | null, failure: DeliveryFailure | null): void {
    const letter = this.#inHand;
    // What a courier that is gone had to say must not be taken for news of another letter.
    if (letter?.file !== file) return;
    this.#inHand = null;
    if (failure === null) this.#delivered(letter);
    else this.#failed(letter, failure);
    this.#pump();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #delivered(letter: QueuedLetter): void {
    this.#letters = this.#letters.filter((other) => other !== letter);
    const areOthersRefused = this.#letters.some(({ tries }) => tries.failures > 0 && tries.notBefore > 0);
    const verdict = afterDelivery(this.#health, areOthersRefused, this.#actions.now());
    const since = this.#health.failingSince;
    this.#health = verdict.health;
    if (verdict.next !== 'delivered' || !verdict.hasRecovered) return;
    const data = { channel: this.#channel, failingSince: since === null ? null : new Date(since).toISOString() };
    this.#actions.tell('alerts-recovered', `alerts by ${this.#channel} get out again`, data);
  }

  #failed(letter: QueuedLetter, failure: DeliveryFailure): void {
    const now = this.#actions.now();
    const verdict = afterFailure(this.#channel, this.#health, letter.tries, failure, letter.writtenAt, now);
    this.#health = verdict.health;
    const data = { channel: this.#channel, cause: failure.cause, waiting: this.#letters.length };
    if (verdict.next === 'give-up') {
      this.#take(letter);
      this.#actions.tell('alert-failed', `an alert was given up: ${failure.message}`, { ...data, gaveUp: true });
    }
    if (verdict.next !== 'retry') return;
    letter.tries = verdict.tries;
    if (failure.scope === 'channel') this.#restsUntil = verdict.tries.notBefore;
    if (verdict.began) {
      this.#actions.tell('alert-failed', `${failure.message}; it is tried again`, { ...data, gaveUp: false });
    }
  }

  #take(letter: QueuedLetter): void {
    this.#letters = this.#letters.filter((other) => other !== letter);
    this.#actions.remove(letter);
  }

  #dropSurplus(): void {
    const surplus = this.#letters.filter((letter) => letter !== this.#inHand).slice(0, -MAX_LETTERS);
    if (surplus.length === 0) return;
    for (const letter of surplus) this.#take(letter);
    const reason = `${String(surplus.length)} of the oldest alerts by ${this.#channel} were dropped: ${String(MAX_LETTERS)} wait already`;
    this.#actions.tell('alert-failed', reason, { channel: this.#channel, dropped: surplus.length, gaveUp: true });
  }

  /** Hands out the next letter that is due, or sets the clock for it. */
  #pump(): void {
    clearTimeout(this.#timer);
    if (this.#inHand !== null || this.#letters.length === 0) return;
    const now = this.#actions.now();
    const next = this.#letters.find(({ tries }) => Math.max(tries.notBefore, this.#restsUntil) <= now);
    if (next !== undefined) {
      // Without a courier it waits for the next one, whose start calls tryAgain.
      if (this.#actions.deliver(this.#channel, next.file)) this.#inHand = next;
      return;
    }
    const soonest = Math.min(...this.#letters.map(({ tries }) => tries.notBefore));
    this.#timer = setTimeout(() => this.#pump(), Math.max(this.#restsUntil, soonest) - now);
  }
}
