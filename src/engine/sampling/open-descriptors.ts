import { readdirSync } from 'node:fs';
import { descriptors } from '../../base/descriptors.ts';
import { isGone } from '../../base/proc-stat.ts';
import type { ManagedTree } from './known-process.ts';

/** Listing descriptors costs more than a stat file, and they leak slowly. */
const COUNT_EVERY_MS = 60_000;
/** Spreads consecutive pids over the minute. */
const SPREAD = 997;
/** The first processes of a larger tree stand for all of them. */
const MOST_PROCESSES = 32;

interface Counted {
  dueMs: number;
  most: number | null;
}

/** Counts the open descriptors of programs once a minute, each at its own time. */
export class OpenDescriptors {
  readonly #counted = new WeakMap<ManagedTree, Counted>();

  /**
   * Returns the number of open descriptors of the process that has the most of them: the limit applies to each process. Null
   * as long as it is unknown, for example because the processes belong to another user.
   */
  mostIn(tree: ManagedTree, nowMs: number): number | null {
    let counted = this.#counted.get(tree);
    if (counted === undefined) {
      // A program opens most of its descriptors in its first seconds: the minute that follows is the baseline.
      counted = { dueMs: nowMs + ((tree.root.stat.pid * SPREAD) % COUNT_EVERY_MS), most: null };
      this.#counted.set(tree, counted);
    }
    if (nowMs < counted.dueMs) return counted.most;
    counted.dueMs = nowMs + COUNT_EVERY_MS;
    counted.most = countMost(tree);
    return counted.most;
  }
}

function countMost(tree: ManagedTree): number | null {
  let most: number | null = null;
  let left = MOST_PROCESSES;
  for (const { stat } of tree.members) {
    if (left-- === 0) break;
    const count = countOf(stat.pid);
    if (count !== null && (most === null || count > most)) most = count;
  }
  return most;
}

function countOf(pid: number): number | null {
  try {
    return descriptors.withReserve(() => readdirSync(`/proc/${String(pid)}/fd`)).length;
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}
