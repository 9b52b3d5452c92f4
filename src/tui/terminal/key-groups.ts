import { TUI_LIMITS } from '../style/tui-limits.ts';
import type { KeyPress } from './key-decoder.ts';

/** Keys that are handled at once, because no text contains them. */
const NEVER_TEXT: ReadonlySet<string> = new Set(['report', 'ready', 'cursor', 'focus', 'paste']);
/** Keys without text that pasted text contains. */
const IN_TEXT: ReadonlySet<string> = new Set(['enter', 'tab', 'backspace']);

/**
 * Finds keys that arrive too fast to be typed, such as text that is pasted on a terminal that does not mark pastes. Text is
 * held for a moment too short to notice, so that its first key does not act before the rest arrives. A key that repeats
 * is typed: it is held down.
 */
export class KeyGroups {
  #held: KeyPress[] = [];
  #heldSinceMs = 0;
  #lastAtMs = -Infinity;
  /** How often the key changed in the current group, and the key before. */
  #changes = 0;
  #lastName = '';
  #isFirst = true;

  /** Takes keys of one read and returns those that can be handled now. */
  add(keys: readonly KeyPress[], nowMs: number): readonly KeyPress[] {
    const ready: KeyPress[] = [];
    for (const key of keys) {
      if (key.name === 'ctrl-c') {
        this.#held = [];
        ready.push(key);
      } else if (NEVER_TEXT.has(key.name)) ready.push(...this.#release(key.name === 'paste'), key);
      else this.#hold(key, nowMs);
    }
    // A key that types nothing is not the beginning of text.
    if (this.#held.every((key) => !isText(key))) ready.push(...this.#release(true));
    return ready;
  }

  #hold(key: KeyPress, nowMs: number): void {
    if (this.#held.length === 0) this.#heldSinceMs = nowMs;
    if (isText(key)) {
      if (nowMs - this.#lastAtMs >= TUI_LIMITS.togetherMs) this.#begin();
      this.#lastAtMs = nowMs;
      if (key.name !== this.#lastName) this.#changes += 1;
      this.#lastName = key.name;
    }
    this.#held.push(key);
  }

  #begin(): void {
    this.#changes = 0;
    this.#lastName = '';
    this.#isFirst = true;
  }

  /** How long to wait before calling `expire`; null if nothing is held. */
  waitMs(nowMs: number): number | null {
    if (this.#held.length === 0) return null;
    const end = Math.min(this.#lastAtMs + TUI_LIMITS.togetherMs, this.#heldSinceMs + TUI_LIMITS.groupMs);
    return Math.max(0, end - nowMs);
  }

  /** Returns the held keys. */
  expire(): readonly KeyPress[] {
    return this.#release(true);
  }

  #release(isWanted: boolean): readonly KeyPress[] {
    if (!isWanted) return [];
    const keys = this.#held;
    this.#held = [];
    return keys.map((key) => this.#marked(key));
  }

  #marked(key: KeyPress): KeyPress {
    if (!isText(key)) return key;
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    if (this.#changes < 2) return key;
    const kind = this.#changes > TUI_LIMITS.typableKeys ? 'burst' : 'together';
    return { ...key, haste: { kind, isFirst } };
  }
}

function isText({ name, text }: KeyPress): boolean {
  return text !== '' || IN_TEXT.has(name);
}
