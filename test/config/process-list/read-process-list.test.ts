import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseProcessList } from '../../../src/config/process-list/read-process-list.ts';
import { processSpecSchema } from '../../../src/protocol/process-spec.ts';

const FOLDER = fileURLToPath(new URL('../../fixtures/process-lists/', import.meta.url));
const LISTS = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'));

/** Returns the fields that the list defines; all others have the schema's defaults. */
function summarize(content: string | Buffer, file: string) {
  const { entries, problems, isComplete } = parseProcessList(content, file);
  return {
    entries: entries.map(({ spec: { id, command, args, limits }, origin }) => ({
      origin,
      id,
      command,
      args,
      limits: [limits.cpuPercent, limits.memoryMb],
    })),
    problems: problems.map(({ severity, file, line, column, message, hint }) => {
      return `${severity} ${file}:${String(line)}:${String(column)} ${message} (${hint})`;
    }),
    isComplete,
  };
}

describe('a process list', () => {
  test.each(LISTS)('%s results in the expected programs and problems', async (name) => {
    const found = summarize(readFileSync(join(FOLDER, name)), `/etc/healer/${name}`);
    await expect(JSON.stringify(found, null, 2) + '\n').toMatchFileSnapshot(
      join(FOLDER, name.replace(/\.txt$/, '.expected.json')),
    );
  });

  test('defines the command, working directory and limits', () => {
    const [entry] = parseProcessList('web 50 500 -- node server.mjs', '/srv/list.txt').entries;
    const limits = { cpuPercent: 50, memoryMb: 500 };
    expect(entry?.spec).toEqual({ id: 'web', command: 'node', args: ['server.mjs'], cwd: '/srv', limits });
  });

  test('shows its path as given, and runs programs in its folder', () => {
    const { entries, problems } = parseProcessList('web 1 1\nbad', 'lists/mine.txt');
    expect(entries[0]?.origin).toBe('lists/mine.txt:1');
    expect(entries[0]?.spec.cwd).toBe(join(process.cwd(), 'lists'));
    expect(problems[0]?.file).toBe('lists/mine.txt');
  });

  test('preserves every quoted argument', () => {
    const argument = fc.string({ unit: 'binary', maxLength: 30 }).filter((text) => !/[\0\n]/.test(text));
    const inSingle = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
    const inDouble = (text: string) => `"${text.replaceAll(/["\\$`]/g, '\\$&')}"`;
    const escaped = (text: string) => (text === '' ? "''" : text.replaceAll(/./gsu, '\\$&'));
    const quoting = fc.constantFrom(inSingle, inDouble, escaped);
    fc.assert(
      fc.property(fc.array(fc.tuple(argument, quoting), { maxLength: 8 }), (parts) => {
        const words = parts.map(([text, quote]) => quote(text));
        const { entries, problems } = parseProcessList(`a 1 1 -- x ${words.join(' \t')}`, 'list.txt');
        expect(problems).toEqual([]);
        expect(entries[0]?.spec.args).toEqual(parts.map(([text]) => text));
      }),
    );
  });

  test('reports problems of arbitrary text within the file, without an exception', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(' ', '\t', '\n', '\r\n', '-', '--', '#', '"', "'", '\\', 'web', '50', '50%', '\uFEFF'),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        const lines = text.split('\n');
        const { entries, problems } = parseProcessList(Buffer.from(text), 'list.txt');
        expect(new Set(entries.map(({ spec }) => spec.id)).size).toBe(entries.length);
        for (const { spec } of entries) expect(processSpecSchema.safeParse(spec).error).toBeUndefined();
        for (const { line, column } of problems) {
          expect(column).toBeLessThanOrEqual((lines[(line ?? 0) - 1]?.length ?? -1) + 1);
        }
      }),
    );
  });

  test('parses arbitrary bytes without an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        parseProcessList(Buffer.from(bytes), 'list.txt');
      }),
    );
  });
});

describe('a line of 10 MB', () => {
  const SIZE = 10 * 1024 * 1024;
  const after = '\nlast 1 1';

  test.each([
    ['one word', 'x'.repeat(SIZE)],
    ['blanks', ' '.repeat(SIZE)],
    ['a comment', '#'.repeat(SIZE)],
    ['an unclosed quote', `a 1 1 -- "${'x'.repeat(SIZE)}`],
    ['backslashes in quotes', `a 1 1 -- "${'\\\\'.repeat(SIZE / 2)}`],
    ['digits', `a ${'9'.repeat(SIZE)} 1`],
  ])('of %s does not affect other lines', (_what, line) => {
    const { entries, problems } = parseProcessList(line + after, 'list.txt');
    expect(entries.map(({ spec }) => spec.id)).toEqual(['last']);
    for (const { message, hint } of problems) expect(message.length + hint.length).toBeLessThan(300);
  });

  test('may contain a long argument', () => {
    const { entries } = parseProcessList(`a 1 1 -- echo "${'é'.repeat(SIZE / 2)}"${after}`, 'list.txt');
    expect(entries[0]?.spec.args[0]?.length).toBe(SIZE / 2);
  });

  test('may contain many arguments', () => {
    const { entries } = parseProcessList(`a 1 1 -- echo ${'y '.repeat(200_000)}${after}`, 'list.txt');
    expect(entries[0]?.spec.args.length).toBe(200_000);
  });
});

test('a list of 20,000 lines is parsed', () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => `p${index} 1 1`);
  expect(parseProcessList(lines.join('\n'), 'list.txt').entries.length).toBe(20_000);
});
