import { describe, expect, test } from 'vitest';
import { splitWords } from '../../src/base/split-words.ts';

function textsOf(line: string): readonly string[] {
  return splitWords(line).words.map(({ text }) => text);
}

describe('words of a line', () => {
  test.each<[string, readonly string[]]>([
    ['', []],
    ['  \t ', []],
    ['one', ['one']],
    ['one two  three', ['one', 'two', 'three']],
    ['\tone\ttwo\r', ['one', 'two']],
    ["'a b' c", ['a b', 'c']],
    ['"a b" c', ['a b', 'c']],
    [String.raw`'a\b'`, [String.raw`a\b`]],
    [String.raw`"a\"b"`, ['a"b']],
    [String.raw`"a\\b"`, [String.raw`a\b`]],
    [String.raw`"a\$b"`, ['a$b']],
    [String.raw`"a\nb"`, [String.raw`a\nb`]],
    [String.raw`a\ b`, ['a b']],
    [String.raw`\#a`, ['#a']],
    ['a"b"\'c\'d', ['abcd']],
    ["''", ['']],
    ['""', ['']],
    ['$HOME *.txt `date`', ['$HOME', '*.txt', '`date`']],
    ['one # comment', ['one']],
    ['# comment', []],
    ['one#two', ['one#two']],
    ['"#" one', ['#', 'one']],
    ['one \\\n  two \\\r\n three', ['one', 'two', 'three']],
    ['on\\\ne "t\\\nwo" \\\n', ['one', 'two']],
    ["'a\\\nb'", ['a\\\nb']],
  ])('%j has the words %j', (line, words) => {
    expect(textsOf(line)).toEqual(words);
    expect(splitWords(line).problem).toBeNull();
  });

  test('have columns that start at 1', () => {
    expect(splitWords('  one "t w o"\tthree').words).toEqual([
      { text: 'one', column: 3 },
      { text: 't w o', column: 7 },
      { text: 'three', column: 15 },
    ]);
  });

  test.each([
    ["one 'two", 5, "the quote ' is never closed", String.raw`close it, or write \' for a literal quote`],
    ['one "two', 5, 'the quote " is never closed', String.raw`close it, or write \" for a literal quote`],
    [String.raw`one "two\"`, 5, 'the quote " is never closed', String.raw`close it, or write \" for a literal quote`],
    ['one two\\', 8, 'the line ends with a backslash', String.raw`write \\ for a literal backslash`],
  ])('of %j end with a problem in column %d', (line, column, message, hint) => {
    const { words, problem } = splitWords(line);
    expect(words.map(({ text }) => text)).toEqual(['one']);
    expect(problem).toEqual({ column, message, hint });
  });

  test('are found in linear time', () => {
    expect(textsOf('"a" '.repeat(100_000))).toHaveLength(100_000);
    expect(textsOf('a'.repeat(1_000_000))).toHaveLength(1);
  });
});
