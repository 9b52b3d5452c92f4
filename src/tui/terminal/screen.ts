import { TUI_LIMITS } from '../style/tui-limits.ts';
import { REQUEST_BACKGROUND } from './background.ts';
import { copySequence } from './clipboard.ts';
import { drainAnswers } from './drain-answers.ts';
import { type FrameNeed, FramePacer, REQUEST_STATUS } from './frame-pacer.ts';
import type { KeyPress } from './key-decoder.ts';
import { Painter, type Portion } from './painter.ts';
import { hasWideSymbols, REQUEST_WIDTH } from './symbol-width.ts';
import { TtyInput } from './tty-input.ts';
import { TtyOutput } from './tty-output.ts';

/** Alternate screen, autowrap off, cursor hidden, bracketed paste, focus (xterm, "DEC Private Mode Set"). */
const ENTER = '\x1b[?1049h\x1b[?7l\x1b[?25l\x1b[?2004h\x1b[?1004h\x1b[2J';
const LEAVE = '\x1b[?2026l\x1b[?1006l\x1b[?1000l\x1b[?1004l\x1b[?2004l\x1b[?7h\x1b[0m\x1b[?25h\x1b[?1049l';
/** Buttons and the wheel, with coordinates of any size. */
const MOUSE_ON = '\x1b[?1000h\x1b[?1006h';
const MOUSE_OFF = '\x1b[?1006l\x1b[?1000l';

/** The size of a terminal in characters. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** A terminal as the rest of the terminal UI uses it. */
export interface TerminalScreen {
  readonly size: Size;
  enter(): void;
  readonly leave: () => void;
  close(): void;
  readonly invalidate: () => void;
  repaint(): void;
  setMouse(isOn: boolean): void;
  copy(text: string): void;
}

interface ScreenOwner {
  /** Returns the newest frame; called when the terminal can take one. */
  readonly frame: () => readonly string[];
  /** Returns in which order the rows of the frame are sent over a slow line; from the top by default. */
  readonly order?: () => Omit<Portion, 'bytes'>;
  /** Whether the frame has text that is read as it comes. */
  readonly isLive: () => boolean;
  /** Whether this text is what the user came to read, rather than shown beside other things. */
  readonly isRead: () => boolean;
  readonly onKey: (key: KeyPress) => void;
  readonly onResize: (size: Size) => void;
  /** Whether the frame has symbols of ambiguous width, so that the terminal is asked about them. */
  readonly hasSymbols?: () => boolean;
  /** Called when the terminal reported whether symbols of ambiguous width take two columns. */
  readonly onSymbolWidth?: (isWide: boolean) => void;
  readonly onGone: () => void;
}

/** Controls the terminal from `enter` to `leave`: its modes, its contents and its input. */
export class Screen implements TerminalScreen {
  readonly #owner: ScreenOwner;
  readonly #output: TtyOutput;
  readonly #input: TtyInput;
  readonly #painter = new Painter();
  #isEntered = false;
  /** Whether a frame waits for an answer of the terminal. */
  #isWaiting = false;
  #hasMouse = false;
  readonly #pacer = new FramePacer();
  #frameTimer: NodeJS.Timeout | undefined;
  #lastFrameAt = -Infinity;
  #nextFrameAt = -Infinity;
  /** Until then, frames are not delayed, however large they are. */
  #hurriesUntil = -Infinity;
  /** Whether the frame of which a part was sent shows the effect of a key. */
  #hurriesRest = false;
  /** Whether a key was pressed since the frame: what is left of it is not sent any more. */
  #isOutdated = false;

  constructor(owner: ScreenOwner) {
    this.#owner = owner;
    this.#output = new TtyOutput({ onReady: this.#paint, onGone: owner.onGone });
    this.#input = new TtyInput(process.stdin, {
      onKey: (key) => {
        if (key.name === 'ready') {
          this.#answered();
          return;
        }
        if (key.name === 'cursor') {
          const isWide = hasWideSymbols(key.text);
          if (isWide !== null) owner.onSymbolWidth?.(isWide);
          return;
        }
        this.#hurry();
        owner.onKey(key);
      },
      onGone: owner.onGone,
    });
  }

  get size(): Size {
    return { columns: process.stdout.columns || 80, rows: process.stdout.rows || 24 };
  }

  enter(): void {
    if (this.#isEntered) return;
    this.#isEntered = true;
    this.#input.open();
    this.#painter.forget();
    this.#hurriesUntil = performance.now() + TUI_LIMITS.hurryMs;
    // The colors and the window may have changed since the screen was left.
    const requests = REQUEST_BACKGROUND + (this.#owner.hasSymbols?.() === true ? REQUEST_WIDTH : '');
    const modes = ENTER + (this.#hasMouse ? MOUSE_ON : '') + requests;
    this.#send(modes, modes.length, true);
    process.stdout.on('resize', this.#resized);
    process.on('exit', this.leave);
  }

  /** Restores the terminal. Safe to call at any time and more than once. */
  readonly leave = (): void => {
    if (!this.#isEntered) return;
    this.#isEntered = false;
    clearTimeout(this.#frameTimer);
    this.#frameTimer = undefined;
    process.stdout.off('resize', this.#resized);
    process.off('exit', this.leave);
    this.#output.writeAtLast(LEAVE);
    this.#input.close(() => drainAnswers(this.#pacer.expected, this.#pacer.expectedUntilMs));
    this.#pacer.reset();
  };

  #send(text: string, bytes: number, hurries: boolean): void {
    this.#output.write(text + REQUEST_STATUS);
    this.#pacer.sent(bytes, performance.now(), hurries);
  }

  close(): void {
    this.leave();
    this.#output.close();
  }

  /** Schedules a frame; all changes until then are painted together. */
  readonly invalidate = (): void => {
    if (!this.#isEntered || this.#frameTimer !== undefined) return;
    this.#frameTimer = setTimeout(this.#paint, Math.max(0, this.#nextFrameAt - performance.now()));
  };

  /** Paints without delay for a while, so that the effect of a key is visible immediately. */
  #hurry(): void {
    this.#hurriesUntil = performance.now() + TUI_LIMITS.hurryMs;
    this.#isOutdated = true;
    this.#nextFrameAt = this.#lastFrameAt + TUI_LIMITS.frameMs;
    if (this.#frameTimer === undefined) return;
    clearTimeout(this.#frameTimer);
    this.#frameTimer = undefined;
    this.invalidate();
  }

  /** A frame that waited for the answer follows, at the pace of the line. */
  #answered(): void {
    this.#pacer.answered(performance.now());
    this.#nextFrameAt = Math.max(this.#nextFrameAt, this.#pacer.nextFrameAt(this.#need()));
    if (!this.#isWaiting) return;
    this.#isWaiting = false;
    clearTimeout(this.#frameTimer);
    this.#frameTimer = undefined;
    this.invalidate();
  }

  #need(): FrameNeed {
    const hurries = performance.now() < this.#hurriesUntil || (this.#painter.isUnfinished && this.#hurriesRest);
    return { hurries, isLive: this.#owner.isLive() };
  }

  /** Turns mouse reporting on or off. While it is off, the mouse selects text. */
  setMouse(isOn: boolean): void {
    if (isOn === this.#hasMouse) return;
    this.#hasMouse = isOn;
    if (this.#isEntered) this.#output.write(isOn ? MOUSE_ON : MOUSE_OFF);
  }

  copy(text: string): void {
    if (this.#isEntered) this.#output.write(copySequence(text, process.env));
  }

  /** Paints every line again. */
  repaint(): void {
    this.#painter.forget();
    this.#paint();
  }

  readonly #paint = (): void => {
    clearTimeout(this.#frameTimer);
    this.#frameTimer = undefined;
    // A stalled terminal gets only the newest frame once it reads again.
    if (!this.#isEntered || this.#output.isStalled) return;
    const now = performance.now();
    const need = this.#need();
    this.#isWaiting = this.#pacer.isBlocked(now, need);
    if (this.#isWaiting) {
      // In case the answer never comes.
      this.#frameTimer = setTimeout(this.#paint, TUI_LIMITS.tickMs);
      return;
    }
    this.#lastFrameAt = now;
    const text = this.#nextBytes(need);
    const bytes = Buffer.byteLength(text);
    const paceMs = need.hurries ? 0 : paceOf(bytes, this.#owner.isRead());
    if (text !== '') this.#send(text, bytes, need.hurries);
    this.#nextFrameAt = Math.max(now + Math.max(TUI_LIMITS.frameMs, paceMs), this.#pacer.nextFrameAt(need));
    if (this.#painter.isUnfinished) this.invalidate();
  };

  /** Returns the bytes of the newest frame or, on a slow line, of a portion of it that leaves room for the next key. */
  #nextBytes(need: FrameNeed): string {
    const isRest = this.#painter.isUnfinished && !this.#isOutdated;
    const bytes = need.hurries || need.isLive ? this.#pacer.portionBytes(need.hurries && !isRest) : null;
    const portion = bytes === null ? null : { bytes, ...(this.#owner.order?.() ?? this.#fromTop()) };
    if (isRest) return this.#painter.rest(portion);
    this.#isOutdated = false;
    this.#hurriesRest = need.hurries;
    return this.#painter.bytesFor(this.#owner.frame(), portion);
  }

  #fromTop(): Omit<Portion, 'bytes'> {
    return { order: Array.from({ length: this.size.rows }, (_, row) => row), parts: [] };
  }

  readonly #resized = (): void => {
    this.#painter.forget();
    this.#owner.onResize(this.size);
    this.invalidate();
  };
}

/** Returns how long the frame after one of this size waits, so that few bytes are written on average. */
function paceOf(bytes: number, isRead: boolean): number {
  const { bytesPerMs, slowestFrameMs, readBytesPerMs, slowestReadMs } = TUI_LIMITS;
  return isRead ? Math.min(slowestReadMs, bytes / readBytesPerMs) : Math.min(slowestFrameMs, bytes / bytesPerMs);
}
