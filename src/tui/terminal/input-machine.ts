import { TUI_LIMITS } from '../style/tui-limits.ts';
import { CodePoints } from './code-points.ts';
import type { InputToken, StringType } from './input-token.ts';
import { PastedText } from './pasted-text.ts';

type Phase =
  | 'ground'
  | 'escape'
  /** After intermediates that follow Escape: one more character ends it. */
  | 'escapeEnd'
  | 'csi'
  | 'console'
  | 'mouse'
  | 'ss3'
  | 'ss2'
  | 'string'
  | 'stringEscape'
  | 'paste';

const ESC = 0x1b;
const BEL = 0x07;
const CTRL_C = 0x03;
const C1_FIRST = 0x80;
const C1_LAST = 0x9f;
const STRINGS: Readonly<Record<string, StringType>> = { P: 'dcs', X: 'sos', ']': 'osc', '^': 'pm', _: 'apc' };
/** The difference between a C1 control and the character that follows Escape in its 7-bit form. */
const C1_OFFSET = 0x40;
const PASTE_START = '200';
const MOUSE_VALUES = 3;
/** The longest character of UTF-8. */
const MAX_BYTES = 4;

/**
 * Splits input into tokens, as a state machine that keeps its state however late the next byte arrives. A sequence that
 * has begun is completed or swallowed; its bytes never become keys. The owner waits `patienceMs` and then calls `expire`.
 *
 * Strings and pastes have no length, so the loss of their end would swallow all keys. When they pause for long, they turn
 * stale: a single character that no other follows is a key again, and more than one still belongs to them.
 */
export class InputMachine {
  readonly #emit: (token: InputToken) => void;
  readonly #codePoints = new CodePoints();
  #phase: Phase = 'ground';
  /** Escape was reported as a key, so a sequence may follow without it. */
  #wasEscape = false;
  #isStale = false;
  /** A single character that arrived while a string or a paste was stale. */
  #held: number | null = null;
  #parameters = '';
  #intermediates = '';
  #type: StringType = 'osc';
  #body = '';
  #values: number[] = [];
  #paste = new PastedText();

  constructor(emit: (token: InputToken) => void) {
    this.#emit = emit;
  }

  /** How long to wait for more input before calling `expire`; null if nothing depends on it. */
  get patienceMs(): number | null {
    if (this.#held !== null) return TUI_LIMITS.escapeMs;
    if (this.#phase === 'escape' || this.#phase === 'stringEscape') return TUI_LIMITS.escapeMs;
    if (this.#isStale) return null;
    if (this.#phase === 'paste') return TUI_LIMITS.pasteMs;
    if (this.#phase !== 'string') return null;
    return this.#body !== '' ? TUI_LIMITS.stringMs : TUI_LIMITS.escapeMs;
  }

  /** Takes the bytes of one read. */
  push(bytes: Uint8Array): void {
    // Ctrl-C that arrives alone was typed, whatever precedes it.
    if (bytes.length === 1 && bytes[0] === CTRL_C) {
      this.#abandon();
      this.#emit({ kind: 'character', text: '\x03' });
      return;
    }
    if (this.#held !== null) this.#resume();
    else if (this.#isStale) {
      const code = this.#onlyCode(bytes);
      if (code === null) this.#isStale = false;
      else if (this.#couldBeTyped(code)) {
        this.#held = code;
        return;
      }
    }
    for (const [index, byte] of bytes.entries()) this.#takeByte(byte, index === bytes.length - 1);
  }

  /** More followed a character that could have been typed, so it belongs to the sequence. */
  #resume(): void {
    const code = this.#held ?? 0;
    this.#held = null;
    this.#isStale = false;
    this.#take(code, false);
  }

  /** Returns the code point if the bytes are a single character. */
  #onlyCode(bytes: Uint8Array): number | null {
    if (bytes.length > MAX_BYTES || (bytes.length === 1 && (bytes[0] ?? 0) >= C1_FIRST)) return null;
    const [character = '', next] = Array.from(new TextDecoder().decode(bytes));
    return next === undefined ? (character.codePointAt(0) ?? null) : null;
  }

  #takeByte(byte: number, isLast: boolean): void {
    // The values of X10 are bytes rather than characters.
    const code = this.#phase === 'mouse' ? byte : this.#codePoints.take(byte);
    if (code !== null) this.#take(code, isLast);
  }

  /** Whether a single character does not end a stale string or paste, or the mark of its end. */
  #couldBeTyped(code: number): boolean {
    if (this.#phase === 'paste') return !this.#paste.isEnding && code !== ESC;
    return code !== ESC && code !== 0x9c && !(code === BEL && this.#type === 'osc');
  }

  /** No more input followed within `patienceMs`. */
  expire(): void {
    if (this.#held !== null) {
      const code = this.#held;
      this.#abandon();
      this.#take(code, true);
      return;
    }
    const phase = this.#phase;
    if (phase === 'escape' || phase === 'stringEscape') {
      this.#become('ground');
      this.#wasEscape = true;
      if (phase === 'escape') this.#emit({ kind: 'escape' });
    } else if (phase === 'paste' || phase === 'string') {
      this.#isStale = true;
      this.#emitPaste();
    }
  }

  /** Gives up the current sequence, but keeps what was pasted. */
  #abandon(): void {
    if (this.#phase === 'paste') this.#emitPaste();
    this.#held = null;
    this.#become('ground');
  }

  #become(phase: Phase): void {
    this.#phase = phase;
    this.#isStale = false;
    this.#wasEscape = false;
    this.#parameters = '';
    this.#intermediates = '';
    this.#body = '';
    this.#values = [];
    if (phase === 'paste') this.#paste = new PastedText();
  }

  #take(code: number, isLast: boolean): void {
    const phase = this.#phase;
    if (phase === 'paste') this.#takePasted(code);
    else if (phase === 'string' || phase === 'stringEscape') this.#takeInString(code);
    else if (phase === 'mouse') this.#takeMouse(code);
    else if (code === ESC) this.#takeEscape();
    else if (code >= C1_FIRST && code <= C1_LAST) this.#takeC1(code);
    else this.#takeCharacter(code, isLast);
  }

  #takeEscape(): void {
    // Escape twice: the first one was a key of its own.
    if (this.#phase === 'escape') this.#emit({ kind: 'escape' });
    this.#become('escape');
  }

  /** C1 controls are Escape and a letter in one. Within a sequence other than these, they are no part of it. */
  #takeC1(code: number): void {
    const letter = String.fromCharCode(code - C1_OFFSET);
    if (this.#introduce(letter)) return;
    if (this.#phase === 'ground' || this.#phase === 'escape') this.#become('ground');
  }

  /** Begins the sequence that Escape and this character introduce. Returns whether there is one. */
  #introduce(letter: string): boolean {
    const type = STRINGS[letter];
    if (type !== undefined) {
      this.#become('string');
      this.#type = type;
      return true;
    }
    if (letter !== '[' && letter !== 'O' && letter !== 'N' && letter !== '\\') return false;
    this.#become(({ '[': 'csi', O: 'ss3', N: 'ss2', '\\': 'ground' } as const)[letter]);
    return true;
  }

  #takeCharacter(code: number, isLast: boolean): void {
    const text = String.fromCodePoint(code);
    const phase = this.#phase;
    if (phase === 'escape') this.#takeAfterEscape(text, code);
    else if (phase === 'csi') this.#takeInCsi(text, code);
    else if (phase === 'ground') this.#takeTyped(text, isLast);
    else if (phase !== 'escapeEnd') this.#takeFinal(text, code);
    else if (code >= 0x30) this.#become('ground');
  }

  #takeTyped(text: string, isLast: boolean): void {
    const wasEscape = this.#wasEscape;
    this.#wasEscape = false;
    // The rest of a sequence whose Escape was taken for a key. A letter alone was typed.
    const isRest = wasEscape && (/^[[\]^_\\]$/.test(text) || (/^[OPX]$/.test(text) && !isLast));
    if (isRest && this.#introduce(text)) return;
    this.#emit({ kind: 'character', text });
  }

  #takeAfterEscape(text: string, code: number): void {
    if (this.#introduce(text)) return;
    if (code >= 0x20 && code <= 0x2f) {
      this.#become('escapeEnd');
      return;
    }
    this.#become('ground');
    this.#emit({ kind: 'alt', text });
  }

  #takeInCsi(text: string, code: number): void {
    // Controls and characters beyond ASCII have no place here.
    if (code < 0x20 || code > 0x7e) return;
    if (code < 0x30) this.#intermediates = (this.#intermediates + text).slice(0, TUI_LIMITS.sequenceChars);
    else if (code < 0x40) this.#parameters = (this.#parameters + text).slice(0, TUI_LIMITS.sequenceChars);
    else this.#endCsi(text);
  }

  #endCsi(final: string): void {
    const parameters = this.#parameters;
    const intermediates = this.#intermediates;
    const isPlain = parameters === '' && intermediates === '';
    if (isPlain && final === '[') this.#become('console');
    else if (isPlain && final === 'M') this.#become('mouse');
    else if (parameters === PASTE_START && intermediates === '' && final === '~') this.#become('paste');
    else {
      this.#become('ground');
      if (parameters.length + intermediates.length < TUI_LIMITS.sequenceChars)
        this.#emit({ kind: 'csi', parameters, intermediates, final });
    }
  }

  #takeFinal(final: string, code: number): void {
    const phase = this.#phase;
    if (code < 0x20) return;
    // xterm of old put a modifier between the two: SS3 5 A.
    if (phase === 'ss3' && code >= 0x30 && code <= 0x39) return;
    this.#become('ground');
    if (phase !== 'ss2') this.#emit({ kind: phase === 'console' ? 'console' : 'ss3', final });
  }

  #takeMouse(code: number): void {
    if (code < 0x20) {
      this.#become('ground');
      this.#take(code, false);
      return;
    }
    this.#values.push(code);
    if (this.#values.length < MOUSE_VALUES) return;
    const values = this.#values;
    this.#become('ground');
    this.#emit({ kind: 'mouse', values });
  }

  #takeInString(code: number): void {
    if (this.#phase === 'stringEscape') {
      if (code === ESC) return;
      if (code !== 0x5c) {
        // Another sequence begins, which ends this one.
        this.#become('escape');
        this.#take(code, false);
        return;
      }
      this.#endString();
    } else if (code === ESC) this.#phase = 'stringEscape';
    else if (code === 0x9c || (code === BEL && this.#type === 'osc')) this.#endString();
    else {
      if (this.#body.length < TUI_LIMITS.reportChars) this.#body += String.fromCodePoint(code);
    }
  }

  #endString(): void {
    const token = { kind: 'string', type: this.#type, body: this.#body } as const;
    this.#become('ground');
    this.#emit(token);
  }

  #takePasted(code: number): void {
    if (!this.#paste.take(code)) return;
    this.#emitPaste();
    this.#become('ground');
  }

  #emitPaste(): void {
    const text = this.#paste.release();
    if (text !== '') this.#emit({ kind: 'paste', text });
  }
}
