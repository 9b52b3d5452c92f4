import { readFacts, readHostEntry } from '../contract/read-facts.ts';
import type { FleetFacts, HostEntry } from '../contract/facts.ts';
import { LaterReading } from './later-reading.ts';
import { noteRow, presenceAt, type Presence, type PresenceTrack } from '../contract/presence.ts';
import { readNextRow, type ReadRow, type Sender } from '../contract/read-row.ts';
import type { WatchedHost } from '../contract/watched-host.ts';

/** What the table remembers about a host. */
interface Entry extends Sender {
  track: PresenceTrack | null;
  last: ReadRow | null;
  facts: LaterReading<FleetFacts> | null;
  invited: LaterReading<HostEntry> | null;
  problem: string | null;
  /** The presence that was last reported. */
  presence: Presence;
  /** The last reading of the bus in which the host occurred. */
  reading: number;
  /** The last reading during which facts or what operators know arrived: what the bus had kept is older. */
  freshFacts: number;
  freshInvited: number;
}

/**
 * All hosts of a fleet, from messages of hosts that may lie. Every message costs the same, however many hosts there are.
 * Times are in ms on the monotonic clock of the watch.
 */
export class HostTable {
  readonly #entries = new Map<string, Entry>();
  readonly #changed = new Set<string>();
  /** Hosts of which facts were not read yet. */
  readonly #unread = new Set<string>();
  readonly #removed = new Set<string>();
  /** Hosts that operators removed during the current reading: what the bus had kept about them is older. */
  readonly #removedMeanwhile = new Set<string>();
  #reading = 0;

  get hasChanges(): boolean {
    return this.#changed.size > 0 || this.#removed.size > 0;
  }

  /** Notes a row that arrived just now. */
  noteRow(sender: Sender, bytes: Uint8Array, now: number): void {
    this.#noteRow(sender, bytes, now, now, false);
  }

  /** Notes a row that the bus had kept since it arrived there `ageMs` ago. */
  noteKeptRow(sender: Sender, bytes: Uint8Array, ageMs: number, now: number): void {
    if (this.#removedMeanwhile.has(keyOf(sender))) return;
    this.#noteRow(sender, bytes, now - Math.max(0, ageMs), now, true);
  }

  #noteRow(sender: Sender, bytes: Uint8Array, receivedAt: number, now: number, isKept: boolean): void {
    const entry = this.#entryOf(sender);
    const reading = readNextRow(sender, bytes, entry.last);
    if ('problem' in reading) {
      this.#setProblem(entry, reading.problem);
      return;
    }
    const { row, content } = reading.value;
    const track = noteRow(entry.track, row, receivedAt, now);
    if (track === entry.track) {
      // The row that is already known; only the bus knows exactly when it arrived.
      if (isKept && row.seq === track.seq) entry.track = { ...track, seenAt: Math.min(receivedAt, now) };
    } else {
      entry.track = track;
      if (entry.last?.content !== content || entry.problem !== null) this.#changed.add(keyOf(entry));
      entry.last = reading.value;
      entry.problem = null;
    }
    this.#judge(entry, now);
  }

  /** Notes facts that arrived just now. */
  noteFacts(sender: Sender, bytes: Uint8Array): void {
    this.#entryOf(sender).freshFacts = this.#reading;
    this.#noteFacts(sender, bytes);
    this.#readFacts(keyOf(sender));
  }

  /** Notes facts that the bus had kept. Newer ones may have arrived since the reading began. */
  noteKeptFacts(sender: Sender, bytes: Uint8Array): void {
    if (this.#removedMeanwhile.has(keyOf(sender))) return;
    if (this.#entryOf(sender).freshFacts < this.#reading) this.#noteFacts(sender, bytes);
  }

  #noteFacts(sender: Sender, bytes: Uint8Array): void {
    const entry = this.#entryOf(sender);
    const key = keyOf(entry);
    entry.facts = new LaterReading(() => readFacts(sender, bytes), entry.facts);
    this.#unread.add(key);
    this.#changed.add(key);
  }

  /**
   * Reads facts of which nothing was shown yet, for at most this long: they may be wrong, which is a problem of their host.
   * Returns whether all were read.
   */
  readFacts(forMs: number): boolean {
    const end = performance.now() + forMs;
    for (const key of this.#unread) {
      this.#readFacts(key);
      if (performance.now() >= end) break;
    }
    return this.#unread.size === 0;
  }

  #readFacts(key: string): void {
    this.#unread.delete(key);
    const entry = this.#entries.get(key);
    const problem = entry?.facts?.problem ?? null;
    if (entry !== undefined && problem !== null) this.#setProblem(entry, problem);
  }

  /** Notes what operators know about a host since just now; null if they removed it. */
  noteInvited(sender: Sender, bytes: Uint8Array | null): void {
    if (bytes === null) {
      this.#removedMeanwhile.add(keyOf(sender));
      this.#remove(keyOf(sender));
      return;
    }
    this.#removedMeanwhile.delete(keyOf(sender));
    this.#entryOf(sender).freshInvited = this.#reading;
    this.#noteInvited(sender, bytes);
  }

  /** Notes what the bus had kept of what operators know about a host; null if they removed it. */
  noteKeptInvited(sender: Sender, bytes: Uint8Array | null): void {
    const known = this.#entries.get(keyOf(sender));
    if (this.#removedMeanwhile.has(keyOf(sender)) || known?.freshInvited === this.#reading) return;
    if (bytes === null) this.#remove(keyOf(sender));
    else this.#noteInvited(sender, bytes);
  }

  #noteInvited(sender: Sender, bytes: Uint8Array): void {
    const entry = this.#entryOf(sender);
    entry.invited = new LaterReading(() => readHostEntry(sender, bytes), entry.invited);
    this.#changed.add(keyOf(entry));
  }

  /** Begins to read everything that the bus has kept. */
  beginReading(): void {
    this.#reading += 1;
    this.#removedMeanwhile.clear();
  }

  /** Removes the hosts that the bus does not know any more, unless they are there. */
  endReading(now: number): void {
    for (const [key, entry] of this.#entries) {
      const presence = presenceAt(entry.track, now);
      if (entry.reading < this.#reading && presence !== 'live' && presence !== 'late') this.#remove(key);
    }
  }

  /** Takes time out of the silence of all hosts during which the bus could not be reached. */
  forgive(ms: number): void {
    for (const entry of this.#entries.values()) {
      if (entry.track !== null) entry.track = { ...entry.track, seenAt: entry.track.seenAt + ms };
    }
  }

  /** Judges again how long each host has been silent. */
  advance(now: number): void {
    for (const entry of this.#entries.values()) {
      if (entry.presence === 'live' || entry.presence === 'late') this.#judge(entry, now);
    }
  }

  /** Returns the hosts that changed since the last call, and the keys of removed ones. */
  takeChanges(now: number): { readonly hosts: readonly WatchedHost[]; readonly removed: readonly string[] } {
    const hosts = [...this.#changed].flatMap((key) => {
      const entry = this.#entries.get(key);
      return entry === undefined ? [] : [viewOf(entry, now)];
    });
    const removed = [...this.#removed];
    this.#changed.clear();
    this.#removed.clear();
    return { hosts, removed };
  }

  /** Reports all hosts again. The time at which each was last heard changes with every row, and such a change is not reported by itself. */
  changeAll(): void {
    for (const key of this.#entries.keys()) this.#changed.add(key);
  }

  /** Returns all hosts. */
  hosts(now: number): readonly WatchedHost[] {
    return [...this.#entries.values()].map((entry) => viewOf(entry, now));
  }

  #entryOf(sender: Sender): Entry {
    const key = keyOf(sender);
    const known = this.#entries.get(key);
    if (known !== undefined) {
      known.reading = this.#reading;
      return known;
    }
    const { site, host } = sender;
    const empty = { track: null, last: null, facts: null, invited: null, problem: null } as const;
    const entry: Entry = { site, host, ...empty, presence: 'never', ...NEVER_FRESH, reading: this.#reading };
    this.#entries.set(key, entry);
    this.#changed.add(key);
    this.#removed.delete(key);
    return entry;
  }

  #setProblem(entry: Entry, problem: string): void {
    if (entry.problem === problem) return;
    entry.problem = problem;
    this.#changed.add(keyOf(entry));
  }

  #judge(entry: Entry, now: number): void {
    const presence = presenceAt(entry.track, now);
    if (presence === entry.presence) return;
    entry.presence = presence;
    this.#changed.add(keyOf(entry));
  }

  #remove(key: string): void {
    if (!this.#entries.delete(key)) return;
    this.#changed.delete(key);
    this.#removed.add(key);
  }
}

const NEVER_FRESH = { freshFacts: -1, freshInvited: -1 };

function keyOf({ site, host }: Sender): string {
  return `${site}.${host}`;
}

/**
 * The presence is the one that was judged last, because hosts are not judged while the bus is silent. Texts of hosts are read
 * when they are looked at: a screen shows forty hosts of a thousand.
 */
function viewOf(entry: Entry, now: number): WatchedHost {
  const { site, host, track, last, facts, invited, presence, problem } = entry;
  return {
    key: keyOf(entry),
    site,
    host,
    get labels() {
      return { ...facts?.value?.labels, ...invited?.value?.labels };
    },
    presence,
    ageMs: track === null ? null : Math.max(0, now - track.seenAt),
    seenAt: track?.seenAt ?? null,
    row: last?.row ?? null,
    get facts() {
      return facts?.value ?? null;
    },
    get fencedAt() {
      return invited?.value?.fencedAt ?? null;
    },
    problem,
  };
}
