import { maskOf, nameOfCharacter, withModifiers } from './key-names.ts';

/** A key with the text that it types. */
interface NamedKey {
  readonly name: string;
  readonly text: string;
}

const RELEASED = '3';
const SHIFT = 1;
const ALT_CTRL_SUPER = 2 | 4 | 8 | 16 | 32;
const CTRL = 4;
const CAPS_LOCK = 64;

/** Keys of the keypad in the numbering of kitty, as the keys that they stand for. */
const KEYPAD: Readonly<Record<number, string>> = {
  ...Object.fromEntries(Array.from('0123456789./*-+', (key, index) => [57399 + index, key])),
  57414: 'enter',
  57417: 'left',
  57418: 'right',
  57419: 'up',
  57420: 'down',
  57421: 'pageup',
  57422: 'pagedown',
  57423: 'home',
  57424: 'end',
  57425: 'insert',
  57426: 'delete',
};
/** Where kitty numbers keys that type nothing, in the private use area. */
const PRIVATE_USE = { first: 0xe000, last: 0xf8ff };

/**
 * Returns the key of `CSI code;modifiers u` (https://sw.kovidgoyal.net/kitty/keyboard-protocol/); null for releases and keys
 * without a name. The code may be followed by the code with Shift and the code on a US keyboard.
 */
export function keyOfCsiU(parameters: string): NamedKey | null {
  const [codes = '', modifiers = ''] = parameters.split(';');
  const [code = '', shifted = '', onUsKeyboard = ''] = codes.split(':');
  const [mask = '', event = ''] = modifiers.split(':');
  if (event === RELEASED) return null;
  return keyOfCode({ code: Number(code), shifted: Number(shifted), onUsKeyboard: Number(onUsKeyboard) }, maskOf(mask));
}

/** Returns the key of `CSI 27;modifiers;code ~` (xterm, "modifyOtherKeys"); null for other sequences. */
export function keyOfModifyOtherKeys(parameters: string): NamedKey | null {
  const [first, modifiers = '', code = ''] = parameters.split(';');
  if (first !== '27' || code === '') return null;
  return keyOfCode({ code: Number(code), shifted: 0, onUsKeyboard: 0 }, maskOf(modifiers));
}

interface KeyCodes {
  readonly code: number;
  /** 0 if unknown. */
  readonly shifted: number;
  readonly onUsKeyboard: number;
}

function keyOfCode({ code, shifted, onUsKeyboard }: KeyCodes, mask: number): NamedKey | null {
  if (!Number.isInteger(code) || code < 0 || code > 0x10ffff) return null;
  const onKeypad = KEYPAD[code];
  if (onKeypad === undefined && code >= PRIVATE_USE.first && code <= PRIVATE_USE.last) return null;
  const isShifted = (mask & SHIFT) !== 0;
  const others = mask & ALT_CTRL_SUPER;
  const character = onKeypad ?? String.fromCodePoint(code);
  if (onKeypad === undefined && (code < 0x20 || code === 0x7f)) return namedKey(character, mask);
  if (character.length > 2) return { name: withModifiers(character, mask), text: '' };
  if (others === 0) return typed(upperCase(character, shifted, isShifted !== ((mask & CAPS_LOCK) !== 0)));
  // A shortcut is meant by its place on the keyboard if the layout has no Latin characters.
  const base = others === CTRL && code > 0x7f && onUsKeyboard > 0 ? String.fromCodePoint(onUsKeyboard) : character;
  return { name: withModifiers(nameOfCharacter(base.toLowerCase()), mask), text: '' };
}

/** Enter, Tab, Escape and Backspace. Only Tab means something else with Shift. */
function namedKey(character: string, mask: number): NamedKey {
  const name = nameOfCharacter(character);
  return { name: withModifiers(name, name === 'tab' ? mask : mask & ~SHIFT), text: '' };
}

function upperCase(character: string, shifted: number, isUpper: boolean): string {
  if (!isUpper) return character;
  if (shifted > 0 && shifted <= 0x10ffff) return String.fromCodePoint(shifted);
  const upper = character.toUpperCase();
  return upper.length === character.length ? upper : character;
}

function typed(text: string): NamedKey {
  return { name: nameOfCharacter(text), text };
}
