import { readFileSync } from 'node:fs';
import { removeWithDraft, replaceFile } from '../../base/atomic-file.ts';
import { isOwnerAlive, thisProcess } from '../../base/lock-owner.ts';
import { parseJsonObject } from '../../base/parse-json-object.ts';
import type { Paths } from './paths.ts';

/** How many of its programs an engine that does not answer yet has started. */
export interface StartProgress {
  /** The engine. */
  readonly pid: number;
  readonly started: number;
  readonly total: number;
}

/** Fewer programs are started before anyone could read the progress. */
const FEW_PROGRAMS = 100;
const INTERVAL_MS = 200;

/** Returns the file of the progress, in the runtime folder. */
export function startProgressFile({ runtimeDir, instance }: Pick<Paths, 'runtimeDir' | 'instance'>): string {
  return `${runtimeDir}/${instance}.starting`;
}

/** Records the progress of a start for the commands that wait for the engine. */
export class StartProgressNote {
  readonly #path: string;
  #writtenAt: number | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /** Records how many programs are started, at most every 200 ms. */
  note(started: number, total: number): void {
    if (total < FEW_PROGRAMS || (this.#writtenAt !== null && performance.now() - this.#writtenAt < INTERVAL_MS)) return;
    try {
      replaceFile(this.#path, JSON.stringify({ ...thisProcess(), started, total }));
      this.#writtenAt = performance.now();
    } catch {
      // Commands then wait for a shorter time; the start itself does not need the note.
    }
  }

  /** Removes the note, also that of an engine that was killed: this engine answers, or has failed. */
  remove(): void {
    removeWithDraft(this.#path);
  }
}

/** Returns the progress of an engine that is starting; null if no living engine has recorded any. */
export function readStartProgress(path: string): StartProgress | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return null;
  }
  const { pid, startTicks, started, total } = parseJsonObject(text) ?? {};
  if (typeof pid !== 'number' || typeof started !== 'number' || typeof total !== 'number') return null;
  const isAlive = isOwnerAlive({ pid, startTicks: typeof startTicks === 'number' ? startTicks : null });
  return isAlive ? { pid, started, total } : null;
}
