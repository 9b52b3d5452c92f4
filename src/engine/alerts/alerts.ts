import { hostname } from 'node:os';
import { messageOf } from '../../base/thrown.ts';
import type { AlertSettings } from '../../config/alerts/alerts-config.ts';
import type { AlertSubject } from '../../policy/alerts/alert-of.ts';
import {
  consider,
  type AlertQueue,
  emptyAlertQueue,
  nextReleaseMs,
  type Outgoing,
  putBack,
  release,
} from '../../policy/alerts/alert-queue.ts';
import type { AlertMessage } from '../../protocol/alert.ts';
import { type Channel, CHANNELS, type ChannelSettings } from '../../protocol/alert-delivery.ts';
import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { LogLine } from '../../protocol/log-line.ts';
import type { AlertsStatus } from '../../protocol/snapshot.ts';
import { ChannelQueue } from './channel-queue.ts';
import { DeliveryLink } from './delivery-link.ts';
import { AlertQueueFile } from './alert-queue-file.ts';
import { Spool } from './spool.ts';

/** What alerts need of the rest of the engine. */
export interface AlertsPorts {
  readonly instance: string;
  readonly alertsFile: string;
  readonly spoolDir: string;
  /** The bundled delivery worker. */
  readonly deliveryPath: string;
  readonly now: () => number;
  readonly lastSeq: () => number;
  readonly eventsAfter: (seq: number) => readonly EngineEvent[];
  readonly subjectOf: (process: string) => AlertSubject | null;
  readonly readTail: (process: string, count: number) => Promise<readonly LogLine[]>;
  readonly tell: (kind: EngineEvent['kind'], reason: string, data: Record<string, unknown>) => void;
}

const LOG_LINES = 20;
const LOG_LINE_CHARS = 1_000;
/** A log on a disk that does not answer must not keep the mail about it. */
const LOG_READ_MS = 1_000;
/** A file that is being edited may be empty for a moment, which is no wish to hear nothing. */
const EDIT_MS = 60_000;
/** How often what a full disk refused is tried again. */
const RETRY_MS = 5_000;

/** From events to messages on disk to the delivery worker. Never in the way of healing: everything here happens after it. */
export class Alerts {
  readonly #ports: AlertsPorts;
  readonly #file: AlertQueueFile;
  readonly #spool: Spool;
  readonly #link: DeliveryLink;
  readonly #queues: ReadonlyMap<Channel, ChannelQueue>;
  /** Null until the settings are known. */
  #settings: AlertSettings | null = null;
  #queue: AlertQueue = emptyAlertQueue(0);
  #unwantedSince: number | null = null;
  #isStarted = false;
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> = Promise.resolve();
  #problem: string | null = null;

  constructor(ports: AlertsPorts) {
    this.#ports = ports;
    this.#file = new AlertQueueFile(ports.alertsFile);
    this.#spool = new Spool(ports.spoolDir);
    this.#link = new DeliveryLink(
      { path: ports.deliveryPath, spoolDir: ports.spoolDir },
      {
        onReport: ({ channel, file, failure }) => this.#queues.get(channel)?.onReport(file, failure),
        onGone: () => this.#activeQueues().forEach((queue) => queue.startOver()),
      },
    );
    const actions = {
      now: ports.now,
      deliver: (channel: Channel, file: string) => this.#link.send({ kind: 'deliver', channel, file }),
      remove: (message: { file: string; writtenAt: number }) => this.#spool.remove(message),
      tell: ports.tell,
    };
    this.#queues = new Map(CHANNELS.map((channel) => [channel, new ChannelQueue(channel, actions)]));
  }

  /** Where the last engine left off. To be called before this one tells its first event. */
  load(): string | null {
    const { queue, problem } = this.#file.load(this.#ports.now());
    const lastSeq = this.#ports.lastSeq();
    // A log that was removed counts anew; its events are all later than what was considered.
    this.#queue = queue === null ? emptyAlertQueue(lastSeq) : { ...queue, lastSeq: Math.min(queue.lastSeq, lastSeq) };
    return problem;
  }

  /** Everything else is known: begin with what was not considered yet. */
  start(settings: AlertSettings | null): void {
    this.#isStarted = true;
    if (settings !== null) this.configure(settings);
  }

  /** Puts settings into force; what waits on disk goes out by them. */
  configure(settings: AlertSettings): void {
    const now = this.#ports.now();
    this.#settings = settings;
    if (!isWanted(settings.channels)) {
      this.#unwantedSince ??= now;
      this.#link.configure(null);
      return;
    }
    // What happened while nobody wanted to know is not told afterwards.
    if (this.#unwantedSince !== null && now - this.#unwantedSince > EDIT_MS) {
      this.#queue = emptyAlertQueue(this.#ports.lastSeq());
    }
    this.#unwantedSince = null;
    this.#link.configure(settings.channels);
    for (const channel of CHANNELS) {
      if (settings.channels[channel] === null) continue;
      this.#queues.get(channel)?.add(this.#spool.list(channel));
      this.#queues.get(channel)?.tryAgain();
    }
    this.onEvents(this.#ports.eventsAfter(this.#queue.lastSeq));
    this.#flushSoon(0);
  }

  onEvents(events: readonly EngineEvent[]): void {
    if (!this.#isStarted || this.#settings === null || !isWanted(this.#settings.channels)) return;
    const { now, subjectOf } = this.#ports;
    const before = this.#queue;
    this.#queue = consider(before, events, subjectOf, this.#settings.rateLimitMs, now());
    const hasNews = this.#queue.waiting.length > before.waiting.length;
    if (hasNews) this.#schedule();
  }

  status(): AlertsStatus {
    const channels = this.#settings?.channels ?? null;
    const queues = this.#activeQueues();
    const health = queues.map((queue) => queue.health);
    const times = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);
    return {
      channels: channels === null ? [] : describeChannels(channels),
      lastSentAt: isoOf(Math.max(...times(health.map(({ lastSentAt }) => lastSentAt)))),
      waiting: queues.reduce((sum, queue) => sum + queue.waiting, 0),
      failingSince: isoOf(Math.min(...times(health.map(({ failingSince }) => failingSince)))),
      problem: this.#problem ?? health.find(({ problem }) => problem !== null)?.problem ?? null,
    };
  }

  /** Writes what waits and leaves it to the delivery worker, which goes by itself. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#flush(true);
    clearTimeout(this.#timer);
    for (const queue of this.#queues.values()) queue.close();
    for (const queue of this.#activeQueues()) queue.handOver();
    this.#link.close();
  }

  #activeQueues(): ChannelQueue[] {
    const channels = this.#settings?.channels;
    return [...this.#queues].flatMap(([channel, queue]) => ((channels?.[channel] ?? null) === null ? [] : [queue]));
  }

  #schedule(): void {
    const delayMs = nextReleaseMs(this.#queue, this.#ports.now());
    if (delayMs !== null) this.#flushSoon(delayMs);
  }

  #flushSoon(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#flush(false), delayMs);
  }

  /** One at a time: what is noted on disk must never be ahead of the messages. */
  #flush(isLast: boolean): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#writeMessages(isLast));
    return this.#flushing;
  }

  async #writeMessages(isLast: boolean): Promise<void> {
    const { now } = this.#ports;
    if (this.#settings === null || !isWanted(this.#settings.channels)) return;
    const { queue, outgoing } = release(this.#queue, this.#settings.rateLimitMs, isLast ? now() + RETRY_MS : now());
    this.#queue = queue;
    const messages = await Promise.all(outgoing.map((out) => this.#messageOf(out)));
    try {
      this.#post(messages);
      this.#problem = null;
      this.#schedule();
    } catch (error) {
      this.#problem = `cannot write alerts to disk: ${messageOf(error)}`;
      this.#queue = putBack(this.#queue, outgoing, RETRY_MS, now());
      this.#flushSoon(RETRY_MS);
    }
  }

  /** Messages first, then the note that they are written, then the delivery worker: a kill in between repeats, never loses. */
  #post(messages: readonly AlertMessage[]): void {
    const now = this.#ports.now();
    const channels = CHANNELS.filter((channel) => (this.#settings?.channels[channel] ?? null) !== null);
    const written = channels.map((channel) => messages.map((message) => this.#spool.write(channel, message, now)));
    this.#file.save(this.#queue);
    for (const [index, channel] of channels.entries()) this.#queues.get(channel)?.add(written[index] ?? []);
  }

  async #messageOf(out: Outgoing): Promise<AlertMessage> {
    const from = { host: hostname(), instance: this.#ports.instance };
    if (out.form === 'digest') return { ...out, from };
    const { process } = out.alert;
    return { ...out, lines: process === null ? [] : await this.#lastLines(process), from };
  }

  async #lastLines(process: string): Promise<readonly string[]> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<readonly LogLine[]>((resolve) => (timer = setTimeout(() => resolve([]), LOG_READ_MS)));
    const read = this.#ports.readTail(process, LOG_LINES).catch(() => []);
    const lines = await Promise.race([read, late]);
    clearTimeout(timer);
    return lines.map(({ text }) => (text.length <= LOG_LINE_CHARS ? text : `${text.slice(0, LOG_LINE_CHARS)}…`));
  }
}

function isWanted(channels: ChannelSettings): boolean {
  return CHANNELS.some((channel) => channels[channel] !== null);
}

/** Without what may be a secret: of a webhook the host alone. */
function describeChannels({ email, webhook, desktop }: ChannelSettings): string[] {
  return [
    ...(email === null ? [] : [`mail to ${email.receivers.join(', ')}`]),
    ...(webhook === null ? [] : [`webhook at ${new URL(webhook.url).host}`]),
    ...(desktop === null ? [] : ['desktop notifications']),
  ];
}

function isoOf(ms: number): string | null {
  return Number.isFinite(ms) ? new Date(ms).toISOString() : null;
}
