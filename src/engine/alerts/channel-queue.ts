import {
  afterDelivery,
  afterFailure,
  type ChannelHealth,
  HEALTHY,
  type MessageAttempts,
} from '../../policy/alerts/delivery.ts';
import {
  afterAnswers,
  type Moment,
  receiversDueAt,
  type RefusedReceivers,
  restingReceivers,
} from '../../policy/alerts/receivers.ts';
import type { Channel, DeliveryFailure, ReceiverResults } from '../../protocol/alert-delivery.ts';
import type { SpooledMessage } from './spool.ts';

/** How many messages may wait for one channel. Beyond that, the oldest are dropped and counted. */
export const MAX_MESSAGES = 1_000;

interface QueuedMessage extends SpooledMessage {
  /** `notBefore` is by the monotonic clock. */
  tries: MessageAttempts;
  /** When it was written, by the monotonic clock. */
  readonly steadyWrittenAt: number;
  /** The receivers of mail that have not got it, once a server has answered for each of them. */
  pending: readonly string[] | null;
}

/** The effects of a queue. */
export interface QueueActions {
  /** Wall clock in ms. */
  readonly now: () => number;
  /** Monotonic clock in ms, for delays and ages; the wall clock by default. */
  readonly steadyNow?: () => number;
  /** Passes a message to the delivery worker, except for the receivers in `skip`. Returns false if no worker is running. */
  readonly deliver: (channel: Channel, file: string, skip: readonly string[]) => boolean;
  readonly remove: (message: SpooledMessage) => void;
  /** Records an event. */
  readonly record: (kind: 'alert-failed' | 'alerts-recovered', reason: string, data: Record<string, unknown>) => void;
}

const UNTRIED: MessageAttempts = { failures: 0, notBefore: 0 };
/** Older messages count as this old when an engine starts: the clock may have been wrong when they were written. */
const MAX_INITIAL_AGE_MS = 82_800_000;

/** The messages of one channel. They are delivered one at a time and in order; failed ones are retried after a delay. */
export class ChannelQueue {
  readonly #channel: Channel;
  readonly #actions: QueueActions;
  #messages: QueuedMessage[] = [];
  #current: QueuedMessage | null = null;
  #pausedUntil = 0;
  #health: ChannelHealth = HEALTHY;
  #receivers: readonly string[] = [];
  #refused: RefusedReceivers = new Map();
  #stage: string | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(channel: Channel, actions: QueueActions) {
    this.#channel = channel;
    this.#actions = actions;
  }

  /** The number of messages that are not delivered yet. */
  get waiting(): number {
    return this.#messages.length;
  }

  /** The health of the channel, including that of single receivers. */
  get health(): ChannelHealth {
    const [first] = this.#refused;
    if (first === undefined) return this.#health;
    const [address, { answer }] = first;
    const since = [...this.#refused.values()].map((each) => each.since);
    const own = this.#health.failingSince;
    return {
      ...this.#health,
      failingSince: Math.min(...since, ...(own === null ? [] : [own])),
      problem: this.#health.problem ?? `mail to ${address} is refused: ${answer}`,
    };
  }

  /** The receivers that are refused at the moment. */
  get refused(): RefusedReceivers {
    return this.#refused;
  }

  /** What an attempt that takes long is waiting for; null if there is none. */
  get stage(): string | null {
    return this.#current === null ? null : this.#stage;
  }

  /** Sets the receivers of mail. Those that are no longer configured are forgotten. */
  setReceivers(receivers: readonly string[]): void {
    this.#receivers = receivers;
    this.#refused = new Map([...this.#refused].filter(([address]) => receivers.includes(address)));
  }

  /** Adds messages, ignoring those that are already queued. */
  add(messages: readonly SpooledMessage[]): void {
    for (const message of messages) {
      const isKnown = this.#messages.some(({ file }) => file === message.file);
      const ageMs = Math.min(Math.max(0, this.#actions.now() - message.writtenAt), MAX_INITIAL_AGE_MS);
      const steadyWrittenAt = this.#steadyNow() - ageMs;
      if (!isKnown) this.#messages.push({ ...message, tries: UNTRIED, steadyWrittenAt, pending: null });
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
    this.#refused = new Map([...this.#refused].map(([address, health]) => [address, { ...health, notBefore: 0 }]));
    this.#pump();
  }

  /** Passes all due messages to the delivery worker at once, because the engine exits. */
  handOver(): void {
    this.close();
    const now = this.#steadyNow();
    for (const message of this.#messages) {
      if (message !== this.#current && this.#dueAt(message) <= now) this.#send(message, now);
    }
  }

  /** Handles a report about what an attempt is waiting for. */
  onStage(stage: string): void {
    this.#stage = stage;
  }

  /** Handles the report of the delivery worker about a message. */
  onReport(file: string | null, failure: DeliveryFailure | null): void {
    const message = this.#current;
    // A late report of a previous delivery worker must not be attributed to another message.
    if (message?.file !== file) return;
    this.#current = null;
    this.#stage = null;
    if (failure === null) this.#delivered(message);
    else if (failure.receivers !== undefined) this.#answered(message, failure, failure.receivers);
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
    const attempted = (message.pending ?? this.#receivers).filter((address) => !this.#isResting(address));
    this.#setRefused(attempted, [], null);
    this.#recovered();
  }

  #recovered(): void {
    const areOthersRefused = this.#messages.some(({ tries }) => tries.failures > 0 && tries.notBefore > 0);
    const verdict = afterDelivery(this.#health, areOthersRefused, this.#actions.now());
    const since = this.#health.failingSince;
    this.#health = verdict.health;
    if (verdict.next !== 'delivered' || !verdict.hasRecovered) return;
    const data = { channel: this.#channel, failingSince: since === null ? null : new Date(since).toISOString() };
    this.#actions.record('alerts-recovered', `alerts by ${this.#channel} are being delivered again`, data);
  }

  /** The server answered for each receiver: the message waits for those that were refused, each with its own delay. */
  #answered(message: QueuedMessage, failure: DeliveryFailure, { accepted, refused }: ReceiverResults): void {
    this.#setRefused(accepted, refused, failure);
    message.pending = (message.pending ?? this.#receivers).filter((address) => !accepted.includes(address));
    if (accepted.length > 0) this.#recovered();
    const attempt = { channel: this.#channel, tries: message.tries, failure, writtenAt: this.#writtenAt(message) };
    if (afterFailure(attempt, this.#health, this.#actions.now()).next === 'give-up') this.#giveUp(message, failure);
  }

  #setRefused(accepted: readonly string[], refused: ReceiverResults['refused'], failure: DeliveryFailure | null): void {
    const before = this.#refused;
    const now: Moment = { wall: this.#actions.now(), mono: this.#steadyNow() };
    this.#refused = afterAnswers(before, accepted, refused, now);
    const data = { channel: this.#channel, waiting: this.#messages.length };
    const began = refused.filter(({ address }) => !before.has(address)).map(({ address }) => address);
    if (began.length > 0 && failure !== null) {
      const more = { cause: failure.cause, receivers: began, gaveUp: false };
      this.#actions.record('alert-failed', `${failure.message}; delivery is retried`, { ...data, ...more });
    }
    const ended = [...before.keys()].filter((address) => !this.#refused.has(address));
    if (ended.length > 0) {
      const reason = `mail to ${ended.join(', ')} is accepted again`;
      this.#actions.record('alerts-recovered', reason, { ...data, receivers: ended });
    }
  }

  #isResting(address: string): boolean {
    return (this.#refused.get(address)?.notBefore ?? 0) > this.#steadyNow();
  }

  /** Returns when a message was written, as the wall clock shows it now: it may have been set since. */
  #writtenAt({ steadyWrittenAt }: QueuedMessage): number {
    return this.#actions.now() - (this.#steadyNow() - steadyWrittenAt);
  }

  #giveUp(message: QueuedMessage, failure: DeliveryFailure): void {
    this.#drop(message);
    const data = { channel: this.#channel, cause: failure.cause, waiting: this.#messages.length + 1, gaveUp: true };
    this.#actions.record('alert-failed', `gave up delivering an alert: ${failure.message}`, data);
  }

  #failed(message: QueuedMessage, failure: DeliveryFailure): void {
    const now = this.#actions.now();
    const steadyNow = this.#steadyNow();
    const { tries } = message;
    const writtenAt = this.#writtenAt(message);
    const verdict = afterFailure({ channel: this.#channel, tries, failure, writtenAt }, this.#health, now);
    this.#health = verdict.health;
    const data = { channel: this.#channel, cause: failure.cause, waiting: this.#messages.length };
    if (verdict.next === 'give-up') this.#giveUp(message, failure);
    if (verdict.next !== 'retry') return;
    const notBefore = steadyNow + (verdict.tries.notBefore - now);
    message.tries = { ...verdict.tries, notBefore };
    if (verdict.pauseMs > 0) this.#pausedUntil = steadyNow + verdict.pauseMs;
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
    const next = this.#nextDue(now);
    if (next !== null) {
      // Without a delivery worker, the message waits for the next one, whose start calls `resend`.
      if (this.#send(next, now)) this.#current = next;
      return;
    }
    const soonest = Math.min(...this.#messages.map((message) => this.#dueAt(message)));
    this.#timer = setTimeout(() => this.#pump(), soonest - now);
  }

  /** The oldest message that is due. One that may have arrived already comes after the others. */
  #nextDue(now: number): QueuedMessage | null {
    const due = this.#messages.filter((message) => this.#dueAt(message) <= now);
    return due.find(({ tries }) => (tries.unconfirmed ?? 0) === 0) ?? due[0] ?? null;
  }

  #dueAt({ tries, pending }: QueuedMessage): number {
    const receivers = receiversDueAt(this.#refused, pending ?? this.#receivers);
    return Math.max(tries.notBefore, this.#pausedUntil, receivers);
  }

  #send({ file }: QueuedMessage, now: number): boolean {
    return this.#actions.deliver(this.#channel, file, restingReceivers(this.#refused, now));
  }
}
