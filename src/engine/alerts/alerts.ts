import { hostname } from 'node:os';
import { createTaskQueue } from '../../base/task-queue.ts';
import { within } from '../../base/within.ts';
import { messageOf } from '../../base/thrown.ts';
import type { AlertSettings } from '../../config/alerts/alerts-config.ts';
import type { AlertSubject } from '../../policy/alerts/alert-of.ts';
import {
  addAlertsFor,
  type AlertQueue,
  emptyAlertQueue,
  LONGEST_WAIT_MS,
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

/** The parts of the rest of the engine that alerts use. */
export interface AlertsPorts {
  readonly instance: string;
  readonly alertsFile: string;
  readonly spoolDir: string;
  /** The script of the delivery worker. */
  readonly deliveryPath: string;
  /** Wall clock in ms. */
  readonly now: () => number;
  /** Monotonic clock in ms; the wall clock by default. */
  readonly steadyNow?: () => number;
  readonly lastSeq: () => number;
  readonly eventsAfter: (seq: number) => readonly EngineEvent[];
  readonly subjectOf: (process: string) => AlertSubject | null;
  readonly readTail: (process: string, count: number) => Promise<readonly LogLine[]>;
  /** Records an event of the engine. */
  readonly record: (kind: EngineEvent['kind'], reason: string, data: Record<string, unknown>) => void;
}

const LOG_LINES = 20;
const LOG_LINE_CHARS = 1_000;
/** A disk that does not respond must not delay the message about it. */
const LOG_READ_TIMEOUT_MS = 1_000;
/** A file that is being edited may be empty for a moment, which does not mean that alerts were switched off. */
const EDIT_MS = 60_000;
/** How often a failed write is retried, for example on a full disk. */
const RETRY_MS = 5_000;

/** Turns events into messages on disk and passes them to the delivery worker. It runs after healing and never delays it. */
export class Alerts {
  readonly #ports: AlertsPorts;
  readonly #file: AlertQueueFile;
  readonly #spool: Spool;
  readonly #link: DeliveryLink;
  readonly #queues: ReadonlyMap<Channel, ChannelQueue>;
  /** Null until the settings are known. */
  #settings: AlertSettings | null = null;
  #queue: AlertQueue = emptyAlertQueue(0);
  #disabledSince: number | null = null;
  #isStarted = false;
  #timer: NodeJS.Timeout | undefined;
  readonly #flushes = createTaskQueue();
  /** The last event of previous engines. */
  #previousSeq = 0;
  /** The wall clock minus the monotonic clock when this engine started, in ms. */
  readonly #offsetMs: number;
  #problem: string | null = null;

  constructor(ports: AlertsPorts) {
    this.#ports = ports;
    this.#offsetMs = ports.now() - this.#steadyNow();
    this.#file = new AlertQueueFile(ports.alertsFile);
    this.#spool = new Spool(ports.spoolDir);
    this.#link = new DeliveryLink(
      { path: ports.deliveryPath, spoolDir: ports.spoolDir },
      {
        onReport: ({ channel, file, failure }) => this.#queues.get(channel)?.onReport(file, failure),
        onStage: ({ channel, stage }) => this.#queues.get(channel)?.onStage(stage),
        onGone: () => this.#activeQueues().forEach((queue) => queue.resend()),
      },
    );
    const actions = {
      now: ports.now,
      ...(ports.steadyNow === undefined ? {} : { steadyNow: ports.steadyNow }),
      deliver: (channel: Channel, file: string, skip: readonly string[]) =>
        this.#link.send({ kind: 'deliver', channel, file, ...(skip.length === 0 ? {} : { skip }) }),
      remove: (message: { file: string; writtenAt: number }) => this.#spool.remove(message),
      record: ports.record,
    };
    this.#queues = new Map(CHANNELS.map((channel) => [channel, new ChannelQueue(channel, actions)]));
  }

  /** Loads where the previous engine left off. Call it before this engine records its first event. Returns a problem or null. */
  load(): string | null {
    const { queue, problem } = this.#file.load(this.#ports.now());
    const lastSeq = this.#ports.lastSeq();
    this.#previousSeq = lastSeq;
    // If the event log was removed, its numbering restarted, and all its events are new.
    if (queue !== null) this.#queue = { ...queue, lastSeq: Math.min(queue.lastSeq, lastSeq) };
    else this.#queue = emptyAlertQueue(problem === null ? lastSeq : lastSurelySent(this.#ports.eventsAfter(0)));
    return problem;
  }

  /** Starts with the events that have not been processed yet. Call it once programs and settings are loaded. */
  start(settings: AlertSettings | null): void {
    this.#isStarted = true;
    if (settings !== null) this.configure(settings);
  }

  /** Applies settings. Messages that are waiting on disk are sent with the new settings. */
  configure(settings: AlertSettings): void {
    const now = this.#queueNow();
    this.#settings = settings;
    if (!isEnabled(settings.channels)) {
      this.#disabledSince ??= now;
      this.#link.configure(null);
      return;
    }
    // Events from the time while no channel was configured are not sent afterwards.
    if (this.#disabledSince !== null && now - this.#disabledSince > EDIT_MS) {
      this.#queue = emptyAlertQueue(this.#ports.lastSeq());
    }
    this.#disabledSince = null;
    this.#link.configure(settings.channels);
    this.#queues.get('email')?.setReceivers(settings.channels.email?.receivers ?? []);
    for (const channel of CHANNELS) {
      if (settings.channels[channel] === null) continue;
      this.#queues.get(channel)?.add(this.#spool.list(channel));
      this.#queues.get(channel)?.retryNow();
    }
    this.onEvents(this.#ports.eventsAfter(this.#queue.lastSeq));
    this.#flushSoon(0);
  }

  onEvents(events: readonly EngineEvent[]): void {
    if (!this.#isStarted || this.#settings === null || !isEnabled(this.#settings.channels)) return;
    const before = this.#queue.waiting.length;
    const isPrevious = ({ seq }: EngineEvent): boolean => seq <= this.#previousSeq;
    this.#addAlertsFor(events.filter(isPrevious), this.#settings.rateLimitMs);
    this.#addAlertsFor(
      events.filter((event) => !isPrevious(event)),
      this.#settings.rateLimitMs,
    );
    if (this.#queue.waiting.length > before) this.#schedule();
  }

  /** Adds alerts about events of one engine. Their age is judged by the newest, because the clock may have been set since. */
  #addAlertsFor(events: readonly EngineEvent[], rateLimitMs: number): void {
    const newest = events.at(-1);
    if (newest === undefined) return;
    const { subjectOf } = this.#ports;
    const nowMs = this.#queueNow();
    this.#queue = addAlertsFor(this.#queue, events, {
      subjectOf,
      rateLimitMs,
      nowMs,
      newestMs: Date.parse(newest.time),
    });
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
      problems: [...new Set(health.flatMap(({ problem }) => (problem === null ? [] : [problem])))],
      sending: queues.find(({ stage }) => stage !== null)?.stage ?? null,
      refused: queues.flatMap(({ refused }) =>
        [...refused].map(([address, { since, answer }]) => ({ address, since: new Date(since).toISOString(), answer })),
      ),
    };
  }

  /** Writes the pending messages and passes them to the delivery worker, which exits once it has sent them. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#flush(true);
    clearTimeout(this.#timer);
    for (const queue of this.#queues.values()) queue.close();
    for (const queue of this.#activeQueues()) queue.handOver();
    this.#link.close();
  }

  #steadyNow(): number {
    return (this.#ports.steadyNow ?? this.#ports.now)();
  }

  /**
   * Returns the time of the queue in ms: the wall clock at the start of this engine, and the monotonic clock from then on. The
   * wall clock may be set meanwhile, which must neither delay alerts nor let them through.
   */
  #queueNow(): number {
    return this.#offsetMs + this.#steadyNow();
  }

  #activeQueues(): ChannelQueue[] {
    const channels = this.#settings?.channels;
    return [...this.#queues].flatMap(([channel, queue]) => ((channels?.[channel] ?? null) === null ? [] : [queue]));
  }

  #schedule(): void {
    const delayMs = nextReleaseMs(this.#queue, this.#queueNow());
    if (delayMs !== null) this.#flushSoon(delayMs);
  }

  #flushSoon(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#flush(false), delayMs);
  }

  /** Runs one at a time: the saved queue must never be ahead of the messages on disk. */
  #flush(isLast: boolean): Promise<void> {
    return this.#flushes(() => this.#writeMessages(isLast));
  }

  async #writeMessages(isLast: boolean): Promise<void> {
    const now = (): number => this.#queueNow();
    if (this.#settings === null || !isEnabled(this.#settings.channels)) return;
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

  /** Writes messages, then the queue, then starts delivery. If the engine is killed in between, a message is repeated, not lost. */
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
    const read = this.#ports.readTail(process, LOG_LINES).catch(() => []);
    const lines = await within(LOG_READ_TIMEOUT_MS, read, []);
    return lines.map(({ text }) => (text.length <= LOG_LINE_CHARS ? text : `${text.slice(0, LOG_LINE_CHARS)}…`));
  }
}

/**
 * Returns the number of the last event whose alert does not wait any more, for a queue that was lost: alerts of later
 * events may be repeated, but none is lost.
 */
function lastSurelySent(events: readonly EngineEvent[]): number {
  const newest = Date.parse(events.at(-1)?.time ?? '');
  return events.findLast(({ time }) => newest - Date.parse(time) > LONGEST_WAIT_MS)?.seq ?? (events[0]?.seq ?? 1) - 1;
}

function isEnabled(channels: ChannelSettings): boolean {
  return CHANNELS.some((channel) => channels[channel] !== null);
}

/** Omits what may be secret: of a webhook, only the host is shown. */
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
