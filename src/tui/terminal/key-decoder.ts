import { StringDecoder } from 'node:string_decoder';
import { TUI_LIMITS } from '../style/tui-limits.ts';
import { nameOfCharacter, nameOfSequence } from './key-names.ts';

/** A key, a mouse button, a paste, or a report of the terminal. */
export interface KeyPress {
  /** "a", "G", "space", "enter", "up", "ctrl-d", "paste". */
  readonly name: string;
  /** The text that it types, empty for keys that type nothing; for `report`, what the terminal reported. */
  readonly text: string;
  /** The position of the mouse, for `click`, `wheelup` and `wheeldown`. */
  readonly at?: Position;
}

/** A position on the screen, counted from 0. */
export interface Position {
  readonly column: number;
  readonly row: number;
}

const PASTE_START = '\x1b[200~';
const PASTE_END = '\x1b[201~';

/* eslint-disable no-control-regex -- this code decodes control characters */
const CSI = /^\x1b\[([0-?]*)[ -/]*([@-~])/;
const SS3 = /^\x1bO([ -~])/;
/** A reply of the terminal to a request (OSC, DCS). */
const REPORT = /^\x1b[\]P]([^\x07\x1b]{0,1024})(?:\x07|\x1b\\)/;
const UNFINISHED = /^\x1b(?:\[[0-?]*[ -/]*|O|[\]P][^\x07\x1b]{0,1024}\x1b?)?$/;
/* eslint-enable no-control-regex */

interface Taken {
  readonly key: KeyPress | null;
  readonly length: number;
}

/**
 * Decodes the bytes that the terminal sends into keys, wherever they are split. Bytes that could become a longer sequence
 * are held; the owner waits `patienceMs` for more and then calls `flush`.
 */
export class KeyDecoder {
  readonly #utf8 = new StringDecoder('utf8');
  #held = '';

  /** Adds bytes and returns the keys that are complete. */
  push(bytes: Buffer): KeyPress[] {
    this.#held += this.#utf8.write(bytes);
    return this.#drain(false);
  }

  /** How long to wait before calling `flush`; null if nothing is held. */
  get patienceMs(): number | null {
    if (this.#held === '') return null;
    return this.#held.startsWith(PASTE_START) ? TUI_LIMITS.pasteMs : TUI_LIMITS.escapeMs;
  }

  /** Returns the held bytes as keys, because no more bytes followed. */
  flush(): KeyPress[] {
    return this.#drain(true);
  }

  #drain(isLate: boolean): KeyPress[] {
    const keys: KeyPress[] = [];
    while (this.#held !== '') {
      const taken = takeOne(this.#held, isLate);
      if (taken === null) break;
      if (taken.key !== null) keys.push(taken.key);
      this.#held = this.#held.slice(taken.length);
    }
    return keys;
  }
}

/** Takes one key from the start; null if it is incomplete. */
function takeOne(held: string, isLate: boolean): Taken | null {
  if (!held.startsWith('\x1b')) return takeCharacter(held);
  if (held.startsWith(PASTE_START)) return takePaste(held, isLate);
  const csi = CSI.exec(held);
  if (csi !== null) return takeMouse(csi) ?? takeSequence(csi[0], csi[1] ?? '', csi[2] ?? '');
  const ss3 = SS3.exec(held);
  if (ss3 !== null) return takeSequence(ss3[0], '', ss3[1] ?? '');
  const report = REPORT.exec(held);
  if (report !== null) return { key: { name: 'report', text: report[1] ?? '' }, length: report[0].length };
  if (UNFINISHED.test(held) && !isLate) return null;
  // Escape directly followed by a key was typed fast: no key is bound to Alt.
  return { key: { name: 'escape', text: '' }, length: 1 };
}

/** Mouse buttons as numbered by xterm ("SGR Mouse Mode"): 0 is the left button, 64 and 65 are the wheel. */
const MOUSE = /^<(\d+);(\d+);(\d+)$/;
const BUTTONS: Readonly<Record<string, string>> = { '0M': 'click', '64M': 'wheelup', '65M': 'wheeldown' };

/** Returns null if it is not a mouse sequence. Button releases and other buttons are ignored. */
function takeMouse([sequence, parameters = '', final = '']: RegExpExecArray): Taken | null {
  const [, button = '', column, row] = MOUSE.exec(parameters) ?? [];
  if (column === undefined) return null;
  const name = BUTTONS[button + final];
  const at = { column: Number(column) - 1, row: Number(row) - 1 };
  return { key: name === undefined ? null : { name, text: '', at }, length: sequence.length };
}

function takeSequence(sequence: string, parameters: string, final: string): Taken {
  const name = nameOfSequence(parameters, final);
  return { key: name === null ? null : { name, text: '' }, length: sequence.length };
}

function takeCharacter(held: string): Taken {
  const character = String.fromCodePoint(held.codePointAt(0) ?? 0);
  const isText = character >= ' ' && character !== '\x7f';
  return {
    key: { name: nameOfCharacter(character), text: isText ? character : '' },
    length: character.length,
  };
}

function takePaste(held: string, isLate: boolean): Taken | null {
  const end = held.indexOf(PASTE_END, PASTE_START.length);
  const isTooLong = held.length > PASTE_START.length + TUI_LIMITS.pasteChars;
  if (end === -1 && !isLate && !isTooLong) return null;
  const text = held.slice(PASTE_START.length, end === -1 ? held.length : end).slice(0, TUI_LIMITS.pasteChars);
  return { key: { name: 'paste', text }, length: end === -1 ? held.length : end + PASTE_END.length };
}
