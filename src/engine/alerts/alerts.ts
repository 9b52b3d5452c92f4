import { createTaskQueue } from '../../base/task-queue.ts';
import { messageOf as describeError } from '../../base/thrown.ts';
import { quietUntil } from '../../config/alerts/quiet-hours.ts';
import type { AlertSettings } from '../../config/alerts/alerts-config.ts';
import { nextRecoveryMs, takeRecoveries } from '../../policy/alerts/recoveries.ts';
import { nextSummaryMs, takeSummaries } from '../../policy/alerts/summaries.ts';
import {
  addAlerts,
  addAlertsFor,
  type AlertQueue,
  emptyAlertQueue,
  LONGEST_WAIT_MS,
  nextReleaseMs,
  putBack,
  release,
} from '../../policy/alerts/alert-queue.ts';
import type { AlertMessage } from '../../protocol/alert.ts';
import { type Channel, CHANNELS, type ChannelSettings } from '../../protocol/alert-delivery.ts';
import { meaningOf } from '../../protocol/event-kinds.ts';
import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { AlertsStatus } from '../../protocol/snapshot.ts';
import { ChannelQueue } from './channel-queue.ts';
import { DeliveryLink } from './delivery-link.ts';
import { AlertQueueFile } from './alert-queue-file.ts';
import { describeStatus, isoOf } from './describe-status.ts';
import type { AlertsPorts } from './alerts-ports.ts';
import { messageOf } from './outgoing-message.ts';
import { Spool } from './spool.ts';

/** A file that is being edited may be empty for a moment, which does not mean that alerts were switched off. */
const EDIT_MS = 60_000;
/** How often the queue is stored while alerts are only counted or held back, and how often the end of quiet hours is checked. */
const SAVE_MS = 60_000;
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
  /** When the timer expires, by the monotonic clock. */
  #flushAt = Infinity;
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
        this.#link.send({
          kind: 'deliver',
          channel,
          file,
          ...(skip.length === 0 ? {} : { skip }),
          ...this.#sessionFor(channel),
        }),
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
    this.#addAlertsFor(events.filter(isPrevious), this.#settings);
    this.#addAlertsFor(
      events.filter((event) => !isPrevious(event)),
      this.#settings,
    );
    if (this.#queue.waiting.length > before) this.#schedule();
    else if (events.some(isCounted)) this.#flushWithin(events.some(({ kind }) => kind === 'released') ? 0 : SAVE_MS);
  }

  /** Adds alerts about events of one engine. Their age is judged by the newest, because the clock may have been set since. */
  #addAlertsFor(events: readonly EngineEvent[], { rateLimitMs, sendsRecovery = false }: AlertSettings): void {
    const newest = events.at(-1);
    if (newest === undefined) return;
    this.#queue = addAlertsFor(this.#queue, events, {
      subjectOf: this.#ports.subjectOf,
      rateLimitMs,
      nowMs: this.#queueNow(),
      newestMs: Date.parse(newest.time),
      maintenanceOf: this.#ports.facts.maintenanceOf,
      isQuiet: this.#quietMs() !== null,
      sendsRecovery,
    });
  }

  status(): AlertsStatus {
    const quietMs = this.#quietMs();
    const held = quietMs === null ? 0 : this.#queue.waiting.length;
    return {
      ...describeStatus(this.#settings?.channels ?? null, this.#activeQueues(), this.#problem),
      ...(quietMs === null || held === 0 ? {} : { quietUntil: isoOf(this.#ports.now() + quietMs), heldBack: held }),
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

  #sessionFor(channel: Channel): { readonly session?: Readonly<Record<string, string>> } {
    const session = channel === 'desktop' ? (this.#ports.desktopSession?.() ?? null) : null;
    return session === null ? {} : { session };
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

  /** Returns how long the current quiet hours last, in ms; null outside of them. */
  #quietMs(): number | null {
    const hours = this.#settings?.quietHours;
    if (hours === undefined) return null;
    const now = this.#ports.now();
    const end = quietUntil(hours, new Date(now));
    return end === null ? null : end.getTime() - now;
  }

  #schedule(): void {
    const now = this.#queueNow();
    const quietMs = this.#quietMs();
    const releaseMs = nextReleaseMs(this.#queue, now);
    const delays = [
      // The clock may be set meanwhile.
      releaseMs === null || quietMs === null ? releaseMs : Math.min(quietMs + 1, SAVE_MS),
      nextSummaryMs(this.#queue.tallies, this.#settings?.rateLimitMs ?? 0, now),
      nextRecoveryMs(this.#queue.recoveries ?? {}, now),
    ].filter((delay) => delay !== null);
    if (delays.length > 0) this.#flushSoon(Math.min(...delays));
  }

  #flushSoon(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#flushAt = this.#steadyNow() + delayMs;
    this.#timer = setTimeout(() => void this.#flush(false), delayMs);
  }

  #flushWithin(delayMs: number): void {
    if (this.#flushAt > this.#steadyNow() + delayMs) this.#flushSoon(delayMs);
  }

  /** Runs one at a time: the saved queue must never be ahead of the messages on disk. */
  #flush(isLast: boolean): Promise<void> {
    return this.#flushes(() => this.#writeMessages(isLast));
  }

  async #writeMessages(isLast: boolean): Promise<void> {
    const settings = this.#settings;
    if (settings === null || !isEnabled(settings.channels)) return;
    this.#flushAt = Infinity;
    const now = (): number => this.#queueNow();
    const isQuiet = this.#quietMs() !== null;
    this.#addDue(settings, isQuiet);
    const at = isLast ? now() + RETRY_MS : now();
    const { queue, outgoing } = release(this.#queue, settings.rateLimitMs, at, isQuiet);
    this.#queue = queue;
    const messages = await Promise.all(outgoing.map((out) => messageOf(out, this.#ports)));
    try {
      this.#post(messages);
      this.#problem = null;
      this.#schedule();
    } catch (error) {
      this.#problem = `cannot write alerts to disk: ${describeError(error)}`;
      this.#queue = putBack(this.#queue, outgoing, RETRY_MS, now());
      this.#flushSoon(RETRY_MS);
    }
  }

  /** Adds the summaries and recoveries that are due. */
  #addDue({ rateLimitMs, sendsRecovery = false }: AlertSettings, isQuiet: boolean): void {
    const { facts, subjectOf } = this.#ports;
    const nowMs = this.#queueNow();
    const summaries = takeSummaries(this.#queue.tallies, { windowMs: rateLimitMs, nowMs }, facts);
    const recovered = takeRecoveries(
      sendsRecovery ? (this.#queue.recoveries ?? {}) : {},
      { nowMs, time: new Date(this.#ports.now()).toISOString() },
      { ...facts, nameOf: (process) => subjectOf(process)?.name ?? process },
    );
    const { tallies } = summaries;
    const queue = { ...this.#queue, tallies, recoveries: recovered.recoveries };
    this.#queue = addAlerts(queue, [...summaries.alerts, ...recovered.alerts], isQuiet, nowMs);
  }

  /** Writes messages, then the queue, then starts delivery. If the engine is killed in between, a message is repeated, not lost. */
  #post(messages: readonly AlertMessage[]): void {
    const now = this.#ports.now();
    const channels = CHANNELS.filter((channel) => (this.#settings?.channels[channel] ?? null) !== null);
    const written = channels.map((channel) => messages.map((message) => this.#spool.write(channel, message, now)));
    this.#file.save(this.#queue);
    for (const [index, channel] of channels.entries()) this.#queues.get(channel)?.add(written[index] ?? []);
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

/** Whether an event may change what is held back, although no alert waits. */
function isCounted({ kind }: EngineEvent): boolean {
  return kind === 'released' || meaningOf(kind).alert !== undefined;
}

function isEnabled(channels: ChannelSettings): boolean {
  return CHANNELS.some((channel) => channels[channel] !== null);
}
