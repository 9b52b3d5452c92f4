import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDockerEnv, parseForemanEnv, parseSystemdEnv } from '../../src/base/env-dialects.ts';

/** The same hard lines in every dialect. */
const HARD = String.raw`A=plain
export B=exported
C="double \"quoted\" \\ \$x \n"
D='single \ $x'
E=a # comment
F=a#b
G= spaced  
H="a"b'c'
I=${'$'}{A}-$A
J
K=back\slash
L='it''s'
=nothing
M.N=dotted
#O=comment
 P=indented
Q="open
R=end"
`;

test('foreman takes NAME=value at the start of a line, and removes quotes around the whole value', () => {
  expect(parseForemanEnv(HARD)).toEqual({
    A: 'plain',
    C: 'double "quoted" \\ $x \n',
    D: 'single \\ $x',
    E: 'a # comment',
    F: 'a#b',
    G: ' spaced  ',
    H: '"a"b\'c\'',
    I: '${A}-$A',
    K: 'back\\slash',
    L: "it''s",
    Q: '"open',
    R: 'end"',
  });
});

describe('docker', () => {
  test('keeps everything after the first "="', () => {
    const text = HARD.replace('export B=exported\n', '').replace('=nothing\n', '');
    expect(parseDockerEnv(text, { J: 'from the environment' })).toEqual({
      problem: null,
      variables: {
        A: 'plain',
        C: String.raw`"double \"quoted\" \\ \$x \n"`,
        D: String.raw`'single \ $x'`,
        E: 'a # comment',
        F: 'a#b',
        G: ' spaced  ',
        H: '"a"b\'c\'',
        I: '${A}-$A',
        J: 'from the environment',
        K: 'back\\slash',
        L: "'it''s'",
        'M.N': 'dotted',
        P: 'indented',
        Q: '"open',
        R: 'end"',
      },
    });
  });

  test.each([
    ['A=1\nexport B=2', 2, 'the name "export B" contains a blank'],
    ['\n\n=x', 3, 'there is no name before "="'],
    ['A =1', 1, 'the name "A " contains a blank'],
  ])('rejects %j', (text, line, message) => {
    expect(parseDockerEnv(text, {}).problem).toEqual({ line, message });
  });

  test('leaves out a name alone that is not set, and reads files from Windows', () => {
    expect(parseDockerEnv('\uFEFFA=1\r\nNONE\r\n# c\r\n', {}).variables).toEqual({ A: '1' });
  });
});

describe('systemd', () => {
  test('joins quoted pieces, removes escapes and expands nothing', () => {
    expect(parseSystemdEnv(HARD)).toEqual({
      A: 'plain',
      C: 'double "quoted" \\ $x \\n',
      D: 'single \\ $x',
      E: 'a # comment',
      F: 'a#b',
      G: 'spaced',
      H: "ab'c'",
      I: '${A}-$A',
      K: 'backslash',
      L: 'its',
      P: 'indented',
      Q: 'open\nR=end',
    });
  });

  test.each([
    ['A=one\\\n  two', { A: 'one  two' }],
    ['A="one\\\ntwo"', { A: 'onetwo' }],
    ["A='one\ntwo'\nB=2", { A: 'one\ntwo', B: '2' }],
    ['; A=1\n# B=2\nC=3', { C: '3' }],
    ['# comment \\\nA=1', { A: '1' }],
    ['A =1', { A: '1' }],
    ['A=x"y"', { A: 'x"y"' }],
    ['A="x" y', { A: 'xy' }],
    ['A=end\\ ', { A: 'end ' }],
    ['A=', { A: '' }],
    ['A=\nB=2', { A: '', B: '2' }],
    ['A="open', { A: 'open' }],
    ['A=1\r\nB=2\r\n', { A: '1', B: '2' }],
    ['1A=x\nA-B=y', {}],
    ['', {}],
  ])('%j is read as %j', (text, expected) => {
    expect(parseSystemdEnv(text)).toEqual(expected);
  });

  test('any text is read in time that grows with its length', () => {
    const piece = fc.constantFrom('A=', "'", '"', '\\', '\n', ' ', '#', ';', '=', 'x');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 200 }), (pieces) => {
        for (const value of Object.values(parseSystemdEnv(pieces.join('')))) expect(typeof value).toBe('string');
      }),
    );
    const started = performance.now();
    parseSystemdEnv(`A="${'\\x'.repeat(50_000)}\nB=${'\\ '.repeat(50_000)}`);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
