import { describe, expect, test } from 'vitest';
import { KeyDecoder, type KeyPress } from '../../../src/tui/terminal/key-decoder.ts';

/** Decodes chunks, each followed by a pause that is longer than any patience. */
function decodeLate(...chunks: readonly (string | Buffer)[]): string[] {
  const decoder = new KeyDecoder();
  const keys = chunks.flatMap((chunk) => [...decoder.push(Buffer.from(chunk)), ...drain(decoder)]);
  return keys.map(({ name }) => name);
}

function drain(decoder: KeyDecoder): KeyPress[] {
  const keys: KeyPress[] = [];
  while (decoder.patienceMs !== null) keys.push(...decoder.flush());
  return keys;
}

/** Sequences whose bytes would restart, stop and confirm if they were keys. */
const SEQUENCES: Readonly<Record<string, string | Buffer>> = {
  'a color report': '\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\',
  'a color report that ends with BEL': '\x1b]11;rgb:1e1e/1e1e/1e1e\x07',
  'a clipboard report of 100,000 characters': `\x1b]52;c;${'rxy'.repeat(33_000)}\x1b\\`,
  'a device control string': '\x1bP>|rxy term\x1b\\',
  'an application program command': '\x1b_Gi=1;rxyOK\x1b\\',
  'a privacy message': '\x1b^rxy\x1b\\',
  'a start of string': '\x1bXrxy\x1b\\',
  'a control sequence with an intermediate': '\x1b[1$r',
  'a control sequence with a space': '\x1b[4 x',
  'a report of a mode': '\x1b[?2026;2$y',
  'a control sequence with 5,000 parameters': `\x1b[${'1;'.repeat(5000)}x`,
  'a private control sequence': '\x1b[>4;2x',
  'an unknown function key': '\x1bOr',
  'a single shift': '\x1bNr',
  'a character set': '\x1b(r',
  'a mouse event of X10 beyond a width of 95': Buffer.from([0x1b, 0x5b, 0x4d, 0x20, 0x72, 0xf8]),
  'a release of X10': '\x1b[M#xy',
  'a release of SGR': '\x1b[<0;10;10m',
  'a release of urxvt': '\x1b[35;10;10M',
  'an 8-bit control sequence': Buffer.from('\x9b1r', 'latin1'),
  'an 8-bit operating system command': Buffer.from('\x9d11;rxy\x9c', 'latin1'),
  'an 8-bit device control string': Buffer.from('\x90rxy\x9c', 'latin1'),
  'an 8-bit application program command': Buffer.from('\x9frxy\x9c', 'latin1'),
  'an 8-bit single shift': Buffer.from('\x8fr', 'latin1'),
  'a control sequence in UTF-8': '\u009b1r',
  'a string in UTF-8': '\u009d11;rxy\u009c',
  'a string with text whose bytes look like its end': '\x1b]0;✜Ürxy\x1b\\',
  'a release of a kitty key': '\x1b[114;1:3u',
  'a modified kitty key': '\x1b[114;5u',
  'a modified key of modifyOtherKeys': '\x1b[27;5;114~',
};
const NO_OPERATION = new Set(['report', 'ctrl-r', 'escape', 'click']);
/** No terminal sends these, so after an Escape that was a key, they are two keys. */
const NEVER_AFTER_ESCAPE = new Set(['a single shift', 'a character set']);

describe.each(Object.entries(SEQUENCES))('%s', (name, sequence) => {
  const bytes = Buffer.from(sequence as string);

  test('is never a key', () => {
    expect(decodeLate(bytes).filter((name) => !NO_OPERATION.has(name))).toEqual([]);
  });

  test('is never a key, wherever it is cut and however late the rest arrives', () => {
    const places = bytes.length > 200 ? [1, 2, 3, 10, 500, bytes.length - 2, bytes.length - 1] : bytes.keys();
    for (const at of places) {
      if (at === 1 && NEVER_AFTER_ESCAPE.has(name)) continue;
      const keys = decodeLate(bytes.subarray(0, at), bytes.subarray(at));
      expect(
        keys.filter((name) => !NO_OPERATION.has(name)),
        `cut at ${at}`,
      ).toEqual([]);
    }
  });

  test('is never a key if its bytes arrive one by one', () => {
    const decoder = new KeyDecoder();
    const keys = Array.from(bytes).flatMap((byte) => decoder.push(Buffer.of(byte)));
    expect(keys.map(({ name }) => name).filter((name) => !NO_OPERATION.has(name))).toEqual([]);
  });

  test('lets a key that is pressed after it through', () => {
    expect(decodeLate(bytes, 'j').at(-1)).toBe('j');
  });
});

describe('a paste', () => {
  test.each([1, 3, 6, 9, 12, 15, 16, 17, 18, 19, 20])('that stalls at %i continues as a paste', (at) => {
    const bytes = Buffer.from('\x1b[200~abcrx y\r\x1b[201~');
    const keys = decodeLate(bytes.subarray(0, at), bytes.subarray(at), 'j');
    const pressed = keys.filter((name) => !['paste', 'escape'].includes(name));
    expect(pressed).toEqual(['j']);
  });

  test('that ends later adds its rest to the text', () => {
    const decoder = new KeyDecoder();
    decoder.push(Buffer.from('\x1b[200~abc'));
    expect(decoder.flush()).toEqual([{ name: 'paste', text: 'abc' }]);
    expect(decoder.push(Buffer.from('rx y\r\x1b[201~j'))).toEqual([
      { name: 'paste', text: 'rx y\r' },
      { name: 'j', text: 'j' },
    ]);
  });

  test('ends only with its mark, not with one that is like it', () => {
    expect(decodeLate('\x1b[200~a\x1b[201x\x1b[20\x1b[201~')).toEqual(['paste']);
  });

  test('is left by Ctrl-C that is pressed', () => {
    expect(decodeLate('\x1b[200~abc', '\x03', 'j')).toEqual(['paste', 'ctrl-c', 'j']);
    const decoder = new KeyDecoder();
    decoder.push(Buffer.from('\x1b[200~abc'));
    expect(decoder.push(Buffer.from('\x03')).map(({ name }) => name)).toEqual(['paste', 'ctrl-c']);
  });
});

describe('Ctrl-C', () => {
  test.each(['\x1b', '\x1b[', '\x1b[1;', '\x1bO', '\x1b]11;', '\x1bP', '\x1b[M', '\x1b(', '\x1b]a\x1b'])(
    'is pressed, even after the beginning %j of a sequence',
    (beginning) => {
      const decoder = new KeyDecoder();
      decoder.push(Buffer.from(beginning));
      expect(decoder.push(Buffer.from('\x03')).at(-1)?.name).toBe('ctrl-c');
      expect(decoder.push(Buffer.from('j'))).toEqual([{ name: 'j', text: 'j' }]);
    },
  );
});

describe('Alt and ] or a similar key', () => {
  test.each(['\x1b]', '\x1bP', '\x1b_', '\x1b^', '\x1bX'])('%j does not lock the keyboard', (keys) => {
    expect(decodeLate(keys, 'j')).toEqual(['j']);
  });
});

describe('keys with modifiers', () => {
  test.each([
    ['\x1b[27u', ['escape']],
    ['\x1b[99;5u', ['ctrl-c']],
    ['\x1b[27;5;99~', ['ctrl-c']],
    ['\x1b[122;5u', ['ctrl-z']],
    ['\x1b[13u', ['enter']],
    ['\x1b[13;2u', ['enter']],
    ['\x1b[113u', ['q']],
    ['\x1b[113;1:1u', ['q']],
    ['\x1b[113;1:2u', ['q']],
    ['\x1b[113;1:3u', []],
    ['\x1b[9;2u', ['shift-tab']],
    ['\x1b[127;3u', ['alt-backspace']],
    ['\x1b[32u', ['space']],
    ['\x1b[114;2u', ['R']],
    ['\x1b[114:82;2u', ['R']],
    ['\x1b[114;65u', ['R']],
    ['\x1b[114;66u', ['r']],
    ['\x1b[114;129u', ['r']],
    ['\x1b[114;3u', ['alt-r']],
    ['\x1b[114;9u', ['super-r']],
    ['\x1b[1089::99;5u', ['ctrl-c']],
    ['\x1b[57414u', ['enter']],
    ['\x1b[57419u', ['up']],
    ['\x1b[57404u', ['5']],
    ['\x1b[57441u', []],
    ['\x1b[27;2;82~', ['R']],
    ['\x1b[27;3;114~', ['alt-r']],
    ['\x1b[1;1:3A', []],
    ['\x1b[1;1:2A', ['up']],
    ['\x1b[[A', ['f1']],
    ['\x1b[0n', ['ready']],
    ['\x1b[24;80R', ['cursor']],
    ['\x1b[1;5R', ['ctrl-f3']],
    ['\x1b[M !"', ['click']],
    ['\x1b[M`!"', ['wheelup']],
    ['\x1b[32;5;3M', ['click']],
    ['\x1b[97;5;3M', ['wheeldown']],
  ])('%j is %j', (bytes, names) => {
    expect(decodeLate(bytes)).toEqual(names);
  });

  test('type nothing unless the modifier is Shift', () => {
    const texts = ['\x1b[114;5u', '\x1b[114;3u', '\x1br', '\x1b[27;5;114~'].flatMap((bytes) =>
      new KeyDecoder().push(Buffer.from(bytes)).map(({ text }) => text),
    );
    expect(texts).toEqual(['', '', '', '']);
  });
});
