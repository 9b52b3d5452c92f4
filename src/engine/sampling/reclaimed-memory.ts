import { closeSync, openSync, readSync } from 'node:fs';

const BYTES = 16 * 1024;
/** What the kernel does to the memory of processes that do not run: taking it, or joining it to larger pages. */
const KEYS = [
  'pgsteal_kswapd',
  'pgsteal_direct',
  'pgsteal_khugepaged',
  'pgsteal_proactive',
  'pswpout',
  'thp_collapse_alloc',
].map((key) => `\n${key} `);

/** Notices whether the kernel may have changed the memory of a process that did not run, from the counters of the machine. */
export class ReclaimedMemory {
  readonly #bytes = Buffer.alloc(BYTES);
  #fd: number | null = openQuietly();
  #counts = '';

  /** Returns whether a counter has changed since the last call, or is unknown. */
  hasChanged(): boolean {
    if (this.#fd === null) return true;
    const text = this.#bytes.toString('latin1', 0, readSync(this.#fd, this.#bytes, 0, BYTES, 0));
    const counts = KEYS.map((key) => countIn(text, key)).join();
    const isSame = counts === this.#counts && /\d/.test(counts);
    this.#counts = counts;
    return !isSame;
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }
}

/** Returns an empty text for a counter that this kernel does not have. */
function countIn(text: string, key: string): string {
  const at = text.indexOf(key);
  return at < 0 ? '' : text.slice(at + key.length, text.indexOf('\n', at + key.length));
}

function openQuietly(): number | null {
  try {
    return openSync('/proc/vmstat', 'r');
  } catch {
    return null;
  }
}
