const LETTERS: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  F: 'end',
  H: 'home',
  I: 'focus',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
  Z: 'shift-tab',
};

const NUMBERS: Readonly<Record<string, string>> = {
  '1': 'home',
  '2': 'insert',
  '3': 'delete',
  '4': 'end',
  '5': 'pageup',
  '6': 'pagedown',
  '7': 'home',
  '8': 'end',
  '15': 'f5',
  '17': 'f6',
  '18': 'f7',
  '19': 'f8',
  '20': 'f9',
  '21': 'f10',
  '23': 'f11',
  '24': 'f12',
};

/** Bits of modifiers, in the order in which they are named. Locks are not named. */
const MODIFIERS = [
  [1, 'shift-'],
  [2 | 32, 'alt-'],
  [4, 'ctrl-'],
  [8 | 16, 'super-'],
] as const;

const CONTROLS: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\x7f': 'backspace',
  '\b': 'backspace',
  ' ': 'space',
  '\x00': 'ctrl-space',
  '\x1b': 'escape',
};

/** The sequences of cursor and function keys: a number, and modifiers with the kind of event. */
const PARAMETERS = /^(\d*)(?:;(\d*)(?::(\d))?)?$/;
const RELEASED = '3';
/** In these sequences, some terminals report other modifiers by mistake. */
const SHIFT_ALT_CTRL = 7;

/** Returns the name of a cursor or function key (xterm, "PC-Style Function Keys"); null for reports and unknown keys. */
export function nameOfSequence(parameters: string, final: string): string | null {
  const parts = PARAMETERS.exec(parameters);
  if (parts === null || parts[3] === RELEASED) return null;
  const [, first = '', modifiers = ''] = parts;
  if (final !== '~' && first !== '' && first !== '1') return null;
  const name = final === '~' ? NUMBERS[first] : LETTERS[final];
  return name === undefined ? null : withModifiers(name, maskOf(modifiers) & SHIFT_ALT_CTRL);
}

/** Returns the bits of a modifier parameter, which is 1 more than they are. */
export function maskOf(parameter: string): number {
  const value = Number(parameter);
  return Number.isInteger(value) && value > 0 && value <= 256 ? value - 1 : 0;
}

/** Returns the name of a key that is pressed with modifiers. */
export function withModifiers(name: string, mask: number): string {
  return MODIFIERS.map(([bits, prefix]) => ((mask & bits) === 0 ? '' : prefix)).join('') + name;
}

/** Returns the name of the key that types a character. */
export function nameOfCharacter(character: string): string {
  const named = CONTROLS[character];
  if (named !== undefined) return named;
  const code = character.charCodeAt(0);
  return code < 0x20 ? `ctrl-${String.fromCharCode(code + 0x60)}` : character;
}
