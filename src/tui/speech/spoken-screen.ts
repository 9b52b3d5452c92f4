import { TUI_LIMITS } from '../style/tui-limits.ts';
import type { KeyPress } from '../terminal/key-decoder.ts';
import type { Size, TerminalScreen } from '../terminal/screen.ts';
import { TtyInput } from '../terminal/tty-input.ts';

/** Marks pastes, so that their text does not act as keys (xterm, "Bracketed Paste Mode"). */
const MARK_PASTES = '\x1b[?2004h';
const PASTES_AS_BEFORE = '\x1b[?2004l';

interface SpokenOwner {
  /** Returns what changed since the last call, one line for each change. */
  readonly sentences: () => readonly string[];
  readonly onKey: (key: KeyPress) => void;
  readonly onGone: () => void;
}

/** A terminal for a screen reader: it only appends lines, and the cursor stays at the end. */
export class SpokenScreen implements TerminalScreen {
  readonly #owner: SpokenOwner;
  readonly #input: TtyInput;
  #isEntered = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(owner: SpokenOwner) {
    this.#owner = owner;
    this.#input = new TtyInput(process.stdin, owner);
  }

  /** Large enough for all parts, because nothing is drawn. */
  get size(): Size {
    return { columns: 200, rows: 50 };
  }

  enter(): void {
    if (this.#isEntered) return;
    this.#isEntered = true;
    this.#input.open();
    process.stdout.write(MARK_PASTES);
    process.on('exit', this.leave);
  }

  readonly leave = (): void => {
    if (!this.#isEntered) return;
    this.#isEntered = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    process.off('exit', this.leave);
    process.stdout.write(PASTES_AS_BEFORE);
    this.#input.close(() => undefined);
  };

  close(): void {
    this.leave();
  }

  readonly invalidate = (): void => {
    if (!this.#isEntered || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.repaint();
    }, TUI_LIMITS.frameMs);
  };

  repaint(): void {
    const lines = this.#owner.sentences();
    // In raw mode, a line feed alone does not return to the start of the line.
    if (lines.length > 0) process.stdout.write(lines.map((line) => `${line}\r\n`).join(''));
  }

  setMouse(): void {
    // Nothing is drawn that could be clicked on.
  }

  copy(text: string): void {
    process.stdout.write(`\x1b]52;c;${Buffer.from(text).toString('base64')}\x07`);
  }
}
