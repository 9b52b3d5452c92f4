import { urgency, type FleetHost } from '../../fleet/contract/fleet-host.ts';
import { compareOrder, orderOf, type HostOrder } from '../../fleet/contract/order-hosts.ts';
import type { WatchedHost } from '../../fleet/contract/watched-host.ts';
import type { Presence } from '../../fleet/contract/presence.ts';
import { PROCESS_STATES, type ProcessStateName } from '../../protocol/process-state.ts';

/** A host at its place in the list. */
interface Placed {
  readonly host: WatchedHost;
  readonly order: HostOrder;
}

/** How many hosts are there, and how many programs run on those that are. */
export interface Tally {
  readonly presences: Readonly<Record<Presence, number>>;
  readonly states: Readonly<Record<ProcessStateName, number>>;
  readonly programs: number;
}

/** From this share of hosts on, sorting all of them is faster than moving each. */
const MANY = 1 / 8;

/**
 * The hosts of a fleet in order, and those of them that are shown. A change costs the time to find the places of the changed
 * hosts; hosts that did not change are not looked at.
 */
export class HostList {
  readonly #placed = new Map<string, Placed>();
  readonly #presences: Record<Presence, number> = { live: 0, late: 0, lost: 0, left: 0, never: 0 };
  readonly #states = Object.fromEntries(PROCESS_STATES.map((state) => [state, 0])) as Record<ProcessStateName, number>;
  #programs = 0;
  #shown: Placed[] = [];
  #isShown: (host: WatchedHost) => boolean = () => true;

  get size(): number {
    return this.#placed.size;
  }

  get shownCount(): number {
    return this.#shown.length;
  }

  get tally(): Tally {
    return { presences: this.#presences, states: this.#states, programs: this.#programs };
  }

  /** Shows only the hosts for which a condition holds. */
  show(isShown: (host: WatchedHost) => boolean): void {
    this.#isShown = isShown;
    this.#sort();
  }

  /** Takes changed and removed hosts. */
  take(hosts: readonly WatchedHost[], removed: readonly string[] = []): void {
    const sortsAll = hosts.length > 16 && hosts.length > this.#placed.size * MANY;
    for (const key of removed) this.#drop(key, sortsAll);
    for (const host of hosts) {
      const placed = { host, order: orderOf(host) };
      if (!this.#replace(placed)) {
        this.#drop(host.key, sortsAll);
        if (!sortsAll && this.#isShown(host)) this.#shown.splice(this.#indexOf(placed.order), 0, placed);
      }
      this.#placed.set(host.key, placed);
      this.#count(host, 1);
    }
    if (sortsAll) this.#sort();
  }

  /** Returns the hosts that are shown from one index to another. */
  slice(from: number, to: number): readonly WatchedHost[] {
    return this.#shown.slice(from, to).map(({ host }) => host);
  }

  /** Returns the host at an index of those that are shown; null if there is none. */
  at(index: number): WatchedHost | null {
    return this.#shown[index]?.host ?? null;
  }

  find(key: string): WatchedHost | null {
    return this.#placed.get(key)?.host ?? null;
  }

  /** Returns the index of a host among those that are shown; -1 if it is not shown. */
  indexOf(key: string): number {
    const placed = this.#placed.get(key);
    if (placed === undefined) return -1;
    const index = this.#indexOf(placed.order);
    return this.#shown[index]?.host.key === key ? index : -1;
  }

  /** Replaces a host whose place stays the same. Returns whether it did. */
  #replace(placed: Placed): boolean {
    const { host, order } = placed;
    const old = this.#placed.get(host.key);
    if (old === undefined || compareOrder(old.order, order) !== 0) return false;
    const index = this.#indexOf(order);
    const wasShown = this.#shown[index]?.host.key === host.key;
    if (wasShown !== this.#isShown(host)) return false;
    if (wasShown) this.#shown[index] = placed;
    this.#count(old.host, -1);
    return true;
  }

  #drop(key: string, sortsLater: boolean): void {
    const old = this.#placed.get(key);
    if (old === undefined) return;
    const index = sortsLater ? -1 : this.indexOf(key);
    if (index >= 0) this.#shown.splice(index, 1);
    this.#placed.delete(key);
    this.#count(old.host, -1);
  }

  #count({ presence, row }: WatchedHost, by: 1 | -1): void {
    this.#presences[presence] += by;
    if (row === null || (presence !== 'live' && presence !== 'late')) return;
    this.#programs += by * row.programs;
    for (const state of PROCESS_STATES) this.#states[state] += by * (row.counts[state] ?? 0);
  }

  #sort(): void {
    this.#shown = [...this.#placed.values()].filter(({ host }) => this.#isShown(host));
    this.#shown.sort((one, other) => compareOrder(one.order, other.order));
  }

  /** Returns the index at which a place is, or would be. */
  #indexOf(order: HostOrder): number {
    let [low, high] = [0, this.#shown.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const found = this.#shown[middle];
      if (found !== undefined && compareOrder(found.order, order) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Returns whether something on a host, or its absence, needs attention. */
export function needsAttention(host: FleetHost): boolean {
  return urgency(host) > 1;
}
