import { hostname } from 'node:os';
import { messageOf } from '../../base/thrown.ts';
import type { AlertSettings } from '../../config/alerts/alerts-config.ts';
import type { AlertSubject } from '../../policy/alerts/alert-of.ts';
import {
  consider,
  type Desk,
  emptyDesk,
  nextReleaseMs,
  type Outgoing,
  putBack,
  release,
} from '../../policy/alerts/desk.ts';
import type { Letter } from '../../protocol/alert.ts';
import { type Channel, CHANNELS, type ChannelSettings } from '../../protocol/courier.ts';
import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { LogLine } from '../../protocol/log-line.ts';
import type { AlertsStatus } from '../../protocol/snapshot.ts';
import { ChannelQueue } from './channel-queue.ts';
import { CourierLink } from './courier-link.ts';
import { DeskFile } from './desk-file.ts';
import { Spool } from './spool.ts';

/** What alerts need of the rest of the engine. */
export interface AlertsPorts {
  readonly instance: string;
  readonly alertsFile: string;
  readonly spoolDir: string;
  /** The bundled courier. */
  readonly courierPath: string;
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

/** From events to letters on disk to the courier. Never in the way of healing: everything here happens after it. */
export class Alerts {
  readonly #ports: AlertsPorts;
  readonly #file: DeskFile;
  readonly #spool: Spool;
  readonly #link: CourierLink;
  readonly #queues: ReadonlyMap<Channel, ChannelQueue>;
  /** Null until the settings are known. */
  #settings: AlertSettings | null = null;
  #desk: Desk = emptyDesk(0);
  #unwantedSince: number | null = null;
  #isStarted = false;
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> = Promise.resolve();
  #problem: string | null = null;

  constructor(ports: AlertsPorts) {
    this.#ports = ports;
    this.#file = new DeskFile(ports.alertsFile);
    this.#spool = new Spool(ports.spoolDir);
    this.#link = new CourierLink(
      { path: ports.courierPath, spoolDir: ports.spoolDir },
      {
        onReport: ({ channel, file, failure }) => this.#queues.get(channel)?.onReport(file, failure),
        onGone: () => this.#activeQueues().forEach((queue) => queue.startOver()),
      },
    );
    const actions = {
      now: ports.now,
      deliver: (channel: Channel, file: string) => this.#link.send({ kind: 'deliver', channel, file }),
      remove: (letter: { file: string; writtenAt: number }) => this.#spool.remove(letter),
      tell: ports.tell,
    };
    this.#queues = new Map(CHANNELS.map((channel) => [channel, new ChannelQueue(channel, actions)]));
  }

  /** Where the last engine left off. To be called before this one tells its first event. */
  load(): string | null {
    const { desk, problem } = this.#file.load(this.#ports.now());
    const lastSeq = this.#ports.lastSeq();
    // A log that was removed counts anew; its events are all later than what was considered.
    this.#desk = desk === null ? emptyDesk(lastSeq) : { ...desk, lastSeq: Math.min(desk.lastSeq, lastSeq) };
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
      this.#desk = emptyDesk(this.#ports.lastSeq());
    }
    this.#unwantedSince = null;
    this.#link.configure(settings.channels);
    for (const channel of CHANNELS) {
      if (settings.channels[channel] === null) continue;
      this.#queues.get(channel)?.add(this.#spool.list(channel));
      this.#queues.get(channel)?.tryAgain();
    }
    this.onEvents(this.#ports.eventsAfter(this.#desk.lastSeq));
    this.#flushSoon(0);
  }

  onEvents(events: readonly EngineEvent[]): void {
    if (!this.#isStarted || this.#settings === null || !isWanted(this.#settings.channels)) return;
    const { now, subjectOf } = this.#ports;
    const before = this.#desk;
    this.#desk = consider(before, events, subjectOf, this.#settings.rateLimitMs, now());
    const hasNews = this.#desk.waiting.length > before.waiting.length;
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

  /** Writes what waits and leaves it to the courier, which goes by itself. */
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
    const delayMs = nextReleaseMs(this.#desk, this.#ports.now());
    if (delayMs !== null) this.#flushSoon(delayMs);
  }

  #flushSoon(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#flush(false), delayMs);
  }

  /** One at a time: what is noted on disk must never be ahead of the letters. */
  #flush(isLast: boolean): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#writeLetters(isLast));
    return this.#flushing;
  }

  async #writeLetters(isLast: boolean): Promise<void> {
    const { now } = this.#ports;
    if (this.#settings === null || !isWanted(this.#settings.channels)) return;
    const { desk, outgoing } = release(this.#desk, this.#settings.rateLimitMs, isLast ? now() + RETRY_MS : now());
    this.#desk = desk;
    const letters = await Promise.all(outgoing.map((out) => this.#letterOf(out)));
    try {
      this.#post(letters);
      this.#problem = null;
      this.#schedule();
    } catch (error) {
      this.#problem = `cannot write alerts to disk: ${messageOf(error)}`;
      this.#desk = putBack(this.#desk, outgoing, RETRY_MS, now());
      this.#flushSoon(RETRY_MS);
    }
  }

  /** Letters first, then the note that they are written, then the courier: a kill in between repeats, never loses. */
  #post(letters: readonly Letter[]): void {
    const now = this.#ports.now();
    const channels = CHANNELS.filter((channel) => (this.#settings?.channels[channel] ?? null) !== null);
    const written = channels.map((channel) => letters.map((letter) => this.#spool.write(channel, letter, now)));
    this.#file.save(this.#desk);
    for (const [index, channel] of channels.entries()) this.#queues.get(channel)?.add(written[index] ?? []);
  }

  async #letterOf(out: Outgoing): Promise<Letter> {
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
