import { errors, type Msg, type NatsConnection, type Subscription } from '@nats-io/nats-core';
import { messageOf } from '../../base/thrown.ts';
import type { BatchedReading } from '../bus/batched-reading.ts';
import type { Bus } from '../bus/connect-bus.ts';
import type { KeptKind, KeptMessage } from '../contract/kept.ts';
import { parseHostKey } from '../contract/names.ts';
import { ANY, BUCKETS, hostSubject, parseSubject } from '../contract/subjects.ts';
import type { BusState, FleetChange, WatchedHost } from '../contract/watched-host.ts';
import { HostTable } from './host-table.ts';
import { readKept } from './read-kept.ts';

export interface WatchOptions {
  readonly onChange: (change: FleetChange) => void;
  /** The shortest time between two reports, in ms. */
  readonly intervalMs?: number;
  /** Lets rows wait for each other. What the watch asks for is read at once. */
  readonly batches?: BatchedReading;
  /** The monotonic clock in ms. */
  readonly now?: () => number;
}

const TICK_MS = 1000;
/** This process stood still for so long that rows which arrive now may be old. */
const STOOD_STILL_MS = 5000;
const RETRY_MS = 2000;
/** After this silence of all hosts, the bus is asked whether it is there; without an answer, hosts are not judged. */
const SILENCE = { askMs: 5000, doubtMs: 7000 };
/** How long facts are read without a pause. */
const PIECE_MS = 5;
/** How often labels and invitations are read by those who may not subscribe to them. */
const INVITATIONS_MS = 30_000;
const HOST_KEYS = `$KV.${BUCKETS.hosts}.`;

interface Kept {
  readonly what: string;
  readonly kind: KeptKind;
  /** Whether the watch shows nothing without it. */
  readonly isNeeded: boolean;
}

interface Failure {
  readonly part: Kept;
  /** Whether another attempt would fail too. */
  readonly isFinal: boolean;
  readonly problem: string;
}

const INVITATIONS: Kept = {
  what: 'labels and invitations',
  kind: 'hosts',
  isNeeded: false,
};

/** What is read when the watch starts, and after each time at which messages may have been missed. */
const KEPT: readonly Kept[] = [
  { what: 'the facts of hosts', kind: 'facts', isNeeded: false },
  INVITATIONS,
  { what: 'the rows of hosts', kind: 'rows', isNeeded: true },
];

/**
 * Watches all hosts of a fleet. It first subscribes to new rows and then reads those that the bus has kept, so that it
 * misses none, and does both again whenever the connection was lost.
 */
export class FleetWatch {
  readonly #source: Pick<Bus, 'nats' | 'credential'>;
  readonly #nats: NatsConnection;
  readonly #table = new HostTable();
  readonly #onChange: WatchOptions['onChange'];
  readonly #intervalMs: number;
  readonly #batches: BatchedReading | undefined;
  readonly #now: () => number;
  readonly #subscriptions: Subscription[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  #bus: BusState = { is: 'reading' };
  #problems: readonly string[] = [];
  #isReported = false;
  #report: NodeJS.Timeout | undefined;
  #reading = 0;
  #tickedAt: number;
  /** When the bus was last heard. */
  #heardAt: number;
  #isAsking = false;
  #isClosed = false;

  constructor(
    source: Pick<Bus, 'nats' | 'credential'>,
    { onChange, intervalMs = 250, batches, now = () => performance.now() }: WatchOptions,
  ) {
    this.#source = source;
    this.#nats = source.nats;
    this.#onChange = onChange;
    this.#intervalMs = intervalMs;
    this.#batches = batches;
    this.#now = now;
    this.#tickedAt = now();
    this.#heardAt = now();
  }

  /** Starts watching; the first report follows as soon as everything was read. */
  start(): void {
    for (const kind of ['row', 'facts'] as const) this.#subscribe(hostSubject(ANY, ANY, kind));
    this.#subscribe(`${HOST_KEYS}>`);
    void this.#followConnection();
    void this.#read();
    this.#repeat(() => this.#tick(), TICK_MS);
  }

  /** Returns all hosts. */
  hosts(): readonly WatchedHost[] {
    this.#table.readFacts(Infinity);
    return this.#table.hosts(this.#now());
  }

  /** Ends the watch. The connection stays open. */
  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    clearTimeout(this.#report);
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
  }

  /** Without permission to a subject, its messages are only read when the watch starts. */
  #subscribe(subject: string): void {
    const callback = (error: Error | null, message: Msg) => {
      if (error === null) this.#noteNew(message);
      else if (subject.startsWith(HOST_KEYS)) this.#repeat(() => void this.#readInvitations(), INVITATIONS_MS);
    };
    this.#subscriptions.push(this.#nats.subscribe(subject, { callback }));
  }

  #noteNew(message: Msg): void {
    const { subject, data } = message;
    this.#heardAt = this.#now();
    const isRemoval = ['DEL', 'PURGE'].includes(message.headers?.get('KV-Operation') ?? '');
    this.#note({ subject, data, ageMs: 0, isRemoval }, false);
    // Most rows repeat the last one: there is nothing to report.
    if (this.#table.hasChanges) this.#reportSoon();
  }

  #note({ subject, data, ageMs, isRemoval }: KeptMessage, isKept: boolean): void {
    if (subject.startsWith(HOST_KEYS)) {
      const sender = parseHostKey(subject.slice(HOST_KEYS.length));
      if (sender === null) return;
      const entry = isRemoval ? null : data;
      if (isKept) this.#table.noteKeptInvited(sender, entry);
      else this.#table.noteInvited(sender, entry);
      return;
    }
    const sender = parseSubject(subject);
    if (sender?.kind === 'facts') {
      if (isKept) this.#table.noteKeptFacts(sender, data);
      else this.#table.noteFacts(sender, data);
    } else if (sender?.kind === 'row') {
      if (isKept) this.#table.noteKeptRow(sender, data, ageMs, this.#now());
      else this.#table.noteRow(sender, data, this.#now());
    }
  }

  /** Reads everything that the bus has kept. A reading that was overtaken by a later one has no effect. */
  async #read(): Promise<void> {
    this.#table.beginReading();
    await this.#readParts(KEPT, ++this.#reading);
  }

  /** Reads parts of what the bus has kept, and those that failed again a little later. */
  async #readParts(parts: readonly Kept[], reading: number): Promise<void> {
    const failures = (await Promise.all(parts.map((part) => this.#readPart(part)))).filter(
      (failure) => failure !== null,
    );
    if (this.#isClosed || reading !== this.#reading) return;
    this.#problems = failures.map(({ problem }) => problem);
    const isComplete = failures.every(({ isFinal }) => isFinal);
    const failed = failures.map(({ part }) => part);
    if (!isComplete) this.#after(() => this.#readAgain(failed, reading), RETRY_MS);
    if (!failed.some(({ isNeeded }) => isNeeded) && this.#bus.is === 'reading') this.#bus = { is: 'connected' };
    if (isComplete) this.#table.endReading(this.#now());
    this.#reportSoon();
  }

  /** While the bus is away, its return leads to the next reading. */
  #readAgain(parts: readonly Kept[], reading: number): void {
    if (reading === this.#reading && this.#bus.is !== 'away') void this.#readParts(parts, reading);
  }

  async #readInvitations(): Promise<void> {
    if (this.#bus.is !== 'connected') return;
    await this.#readPart(INVITATIONS);
    if (this.#table.hasChanges) this.#reportSoon();
  }

  async #readPart(part: Kept): Promise<Failure | null> {
    const { what, kind, isNeeded } = part;
    const reading = readKept(this.#source, { kind, site: ANY, host: ANY }, (message) => this.#note(message, true));
    try {
      await (this.#batches?.during(reading) ?? reading);
      return null;
    } catch (thrown) {
      const isFinal = thrown instanceof errors.PermissionViolationError && !isNeeded;
      return { part, isFinal, problem: `cannot read ${what}: ${messageOf(thrown)}` };
    }
  }

  async #followConnection(): Promise<void> {
    for await (const { type } of this.#nats.status()) {
      if (this.#isClosed) return;
      if (type === 'disconnect' && this.#bus.is !== 'away') this.#goAway();
      if (type === 'reconnect') this.#comeBack();
    }
  }

  /** From now on, the age of every host grows. */
  #goAway(): void {
    this.#table.changeAll();
    // A connection that carries nothing any more is given up late.
    this.#setBus({ is: 'away', since: this.#isInDoubt ? this.#heardAt : this.#now() });
  }

  /** The silence of hosts while the bus was away says nothing about them. */
  #comeBack(): void {
    if (this.#bus.is === 'away') this.#table.forgive(this.#now() - this.#bus.since);
    this.#heardAt = this.#now();
    this.#setBus({ is: 'reading' });
    void this.#read();
  }

  #setBus(bus: BusState): void {
    this.#bus = bus;
    this.#reportSoon();
  }

  #tick(): void {
    const now = this.#now();
    const pauseMs = now - this.#tickedAt;
    this.#tickedAt = now;
    if (this.#bus.is === 'away') return;
    if (pauseMs > STOOD_STILL_MS) {
      this.#table.forgive(pauseMs);
      void this.#read();
    }
    if (now - this.#heardAt > SILENCE.askMs) void this.#ask();
    if (!this.#isInDoubt) this.#table.advance(now);
    if (this.#table.hasChanges) this.#reportSoon();
  }

  /** Whether the silence of hosts may be that of the bus. */
  get #isInDoubt(): boolean {
    return this.#now() - this.#heardAt > SILENCE.doubtMs;
  }

  async #ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      await this.#nats.flush();
      this.#heardAt = this.#now();
    } catch {
      // The connection was closed.
    }
    this.#isAsking = false;
  }

  #reportSoon(): void {
    const isIncomplete = !this.#isReported && this.#bus.is === 'reading' && this.#problems.length === 0;
    if (this.#report !== undefined || isIncomplete) return;
    this.#report = setTimeout(() => this.#reportNow(), this.#isReported ? this.#intervalMs : 0);
  }

  #reportNow(): void {
    this.#report = undefined;
    if (this.#isClosed) return;
    const full = !this.#isReported;
    const { hosts, removed } = this.#table.takeChanges(this.#now());
    this.#isReported = true;
    this.#onChange({ full, hosts, removed, bus: this.#bus, problems: this.#problems });
    setImmediate(() => this.#readFacts());
  }

  /** Reads facts in pieces, between which keys are answered. */
  #readFacts(): void {
    if (this.#isClosed) return;
    if (!this.#table.readFacts(PIECE_MS)) setImmediate(() => this.#readFacts());
    else if (this.#table.hasChanges) this.#reportSoon();
  }

  #after(action: () => void, delayMs: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (!this.#isClosed) action();
    }, delayMs);
    this.#timers.add(timer);
  }

  #repeat(action: () => void, everyMs: number): void {
    this.#after(() => {
      action();
      this.#repeat(action, everyMs);
    }, everyMs);
  }
}
