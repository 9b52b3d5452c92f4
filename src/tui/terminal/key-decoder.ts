import { InputMachine } from './input-machine.ts';
import type { InputToken } from './input-token.ts';
import { nameOfCharacter, nameOfSequence } from './key-names.ts';
import { keyOfCsiU, keyOfModifyOtherKeys } from './modified-keys.ts';
import { mouseOfBytes, mouseOfSequence, type Position } from './mouse-keys.ts';

/** A key, a mouse button, a paste, or a report of the terminal. */
export interface KeyPress {
  /** "a", "G", "space", "enter", "up", "ctrl-d", "alt-r", "paste". */
  readonly name: string;
  /** The text that it types, empty for keys that type nothing; for `report` and `cursor`, what the terminal reported. */
  readonly text: string;
  /** The position of the mouse, for `click`, `wheelup` and `wheeldown`. */
  readonly at?: Position;
  /** How the key arrived, unless it arrived alone; see `KeyGroups`. */
  readonly haste?: Haste;
}

/** `together`: shortly after other keys. `burst`: among more keys than anybody can type in that time. */
export interface Haste {
  readonly kind: 'together' | 'burst';
  /** Whether it is the first of its group. */
  readonly isFirst: boolean;
}

/**
 * Decodes the bytes that the terminal sends into keys, wherever they are split and however late the rest arrives. The
 * owner waits `patienceMs` for more and then calls `flush`.
 */
export class KeyDecoder {
  #keys: KeyPress[] = [];
  readonly #machine = new InputMachine((token) => {
    const key = keyOf(token);
    if (key !== null) this.#keys.push(key);
  });

  /** Adds bytes and returns the keys that are complete. */
  push(bytes: Buffer): KeyPress[] {
    this.#machine.push(bytes);
    return this.#taken();
  }

  /** How long to wait before calling `flush`; null if nothing is held. */
  get patienceMs(): number | null {
    return this.#machine.patienceMs;
  }

  /** Returns the keys that are complete because no more bytes followed. */
  flush(): KeyPress[] {
    this.#machine.expire();
    return this.#taken();
  }

  #taken(): KeyPress[] {
    const keys = this.#keys;
    this.#keys = [];
    return keys;
  }
}

/** Returns the key of a token; null for replies without a reader, and for unknown sequences. */
function keyOf(token: InputToken): KeyPress | null {
  switch (token.kind) {
    case 'character':
      return keyOfCharacter(token.text);
    case 'alt': {
      const name = nameOfCharacter(token.text);
      // Ctrl-C works whatever is held down besides.
      return { name: name === 'ctrl-c' ? name : `alt-${name}`, text: '' };
    }
    case 'escape':
      return { name: 'escape', text: '' };
    case 'paste':
      return { name: 'paste', text: token.text };
    case 'string':
      return token.type === 'osc' || token.type === 'dcs' ? { name: 'report', text: token.body } : null;
    case 'mouse':
      return mouseOfBytes(token.values);
    case 'console':
      return keyNamed(CONSOLE_KEYS[token.final] ?? null);
    case 'ss3':
      return keyNamed(nameOfSequence('', token.final));
    case 'csi':
      return token.intermediates === '' ? keyOfCsi(token.parameters, token.final) : null;
  }
}

/** The Linux console sends these for F1 to F5. */
const CONSOLE_KEYS: Readonly<Record<string, string>> = { A: 'f1', B: 'f2', C: 'f3', D: 'f4', E: 'f5' };

function keyOfCharacter(character: string): KeyPress {
  const isText = character >= ' ' && character !== '\x7f';
  return { name: nameOfCharacter(character), text: isText ? character : '' };
}

function keyNamed(name: string | null): KeyPress | null {
  return name === null ? null : { name, text: '' };
}

/** The reply to a request for the cursor position. In the first row it could be F3 with a modifier. */
const CURSOR = /^([2-9]|\d\d+);(\d+)$/;

function keyOfCsi(parameters: string, final: string): KeyPress | null {
  switch (final) {
    case 'u':
      return keyOfCsiU(parameters);
    case 'M':
    case 'm':
      return mouseOfSequence(parameters, final);
    case 'n':
      return parameters === '0' ? { name: 'ready', text: '' } : null;
    case 'R':
      return CURSOR.test(parameters)
        ? { name: 'cursor', text: parameters }
        : keyNamed(nameOfSequence(parameters, final));
    default:
      return keyOfModifyOtherKeys(final === '~' ? parameters : '') ?? keyNamed(nameOfSequence(parameters, final));
  }
}
