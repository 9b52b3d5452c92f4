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

const MODIFIERS: Readonly<Record<string, string>> = { '2': 'shift-', '3': 'alt-', '5': 'ctrl-' };

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

/** Returns the name of a cursor or function key (xterm, "PC-Style Function Keys"); null for reports and unknown keys. */
export function nameOfSequence(parameters: string, final: string): string | null {
  const [first = '', modifier = ''] = parameters.split(';');
  const name = final === '~' ? NUMBERS[first] : LETTERS[final];
  if (name === undefined) return null;
  return (MODIFIERS[modifier] ?? '') + name;
}

/** Returns the name of the key that types a character. */
export function nameOfCharacter(character: string): string {
  const named = CONTROLS[character];
  if (named !== undefined) return named;
  const code = character.charCodeAt(0);
  return code < 0x20 ? `ctrl-${String.fromCharCode(code + 0x60)}` : character;
}
