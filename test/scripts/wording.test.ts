import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { proseOfMarkdown, proseOfSource, proseOfTest, type Passage } from '../support/prose.ts';

interface Wording {
  readonly phrases: readonly { readonly say: string; readonly not: readonly string[] }[];
  readonly exceptions: readonly { readonly text: string; readonly in?: string; readonly because: string }[];
  readonly notYet: readonly string[];
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WORDING = parse(readFileSync(new URL('wording.yaml', import.meta.url), 'utf8')) as Wording;
const PHRASES = WORDING.phrases.flatMap(({ say, not }) =>
  not.map((phrase) => ({ say, pattern: new RegExp(`(?<![\\w-])(?:${phrase})(?![\\w-])`, 'gi') })),
);
const EXCEPTIONS = WORDING.exceptions.map((exception) => ({ ...exception, pattern: new RegExp(exception.text, 'gi') }));
const MARKDOWN = [
  ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', 'CODE_OF_CONDUCT.md'],
  ...readdirSync(join(ROOT, 'docs'), { encoding: 'utf8' }).flatMap((name) =>
    name.endsWith('.md') ? [`docs/${name}`] : [],
  ),
];
const SOURCES = ['src', 'scripts', 'bench', 'examples'].flatMap(sourcesIn);
const TESTS = sourcesIn('test');

function sourcesIn(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).flatMap((name) =>
    /\.(tsx?|mjs)$/.test(name) ? [`${folder}/${name}`] : [],
  );
}

function isCovered(path: string): boolean {
  return !WORDING.notYet.some((area) => path.startsWith(area));
}

/** Returns the text with the phrases that an exception allows blanked out, at the same length. */
function withoutExceptions(text: string, path: string): string {
  return EXCEPTIONS.filter((exception) => exception.in === undefined || path.startsWith(exception.in)).reduce(
    (rest, { pattern }) => rest.replaceAll(pattern, (words) => '_'.repeat(words.length)),
    text,
  );
}

/** Returns one line for each phrase of the "not" column in the passage. */
function findings(path: string, { line, text }: Passage): readonly string[] {
  const checked = withoutExceptions(text, path);
  return PHRASES.flatMap(({ say, pattern }) =>
    [...checked.matchAll(pattern)].map(
      ({ 0: phrase, index }) =>
        `${path}:${line}: "${phrase}" in "${text.slice(Math.max(0, index - 40), index + phrase.length + 40)}"; say: ${say}`,
    ),
  );
}

function check(paths: readonly string[], read: (text: string, path: string) => readonly Passage[]): readonly string[] {
  return paths
    .filter(isCovered)
    .flatMap((path) =>
      read(readFileSync(join(ROOT, path), 'utf8'), path).flatMap((passage) => findings(path, passage)),
    );
}

/** Every file of the repository is parsed. */
const SLOW = { timeout: 120_000 };

describe('the words of the glossary are used', () => {
  test('in messages, help and comments of the source code', SLOW, () => {
    expect(check(SOURCES, proseOfSource)).toEqual([]);
  });

  test('in names and comments of the tests', SLOW, () => {
    expect(check(TESTS, proseOfTest)).toEqual([]);
  });

  test('in the documentation', () => {
    expect(check(MARKDOWN, proseOfMarkdown)).toEqual([]);
  });
});

describe('the check of words', () => {
  test('has only exceptions that are needed', SLOW, () => {
    const passages = [
      ...SOURCES.flatMap((path) => proseOfSource(readFileSync(join(ROOT, path), 'utf8'), path)),
      ...TESTS.flatMap((path) => proseOfTest(readFileSync(join(ROOT, path), 'utf8'), path)),
      ...MARKDOWN.flatMap((path) => proseOfMarkdown(readFileSync(join(ROOT, path), 'utf8'))),
    ];
    const isNeeded = (allowed: RegExp): boolean =>
      passages.some(({ text }) =>
        [...text.matchAll(allowed)].some(([words]) => PHRASES.some(({ pattern }) => words.search(pattern) !== -1)),
      );
    expect(EXCEPTIONS.filter(({ pattern }) => !isNeeded(pattern)).map(({ text }) => text)).toEqual([]);
  });

  test.each([
    ['a message', `throw new Error('nobody is there');`, ['nobody']],
    ['a template', 'f(`${name} is told ${what}`);', ['told']],
    ['a comment over two lines', '/**\n * It is said\n * of them.\n */', ['is said', 'said of']],
    ['text in JSX', 'const a = <Text>whoever reads this</Text>;', ['whoever']],
    ['a name on the wire', `send('keeper');`, []],
    ['an identifier', 'const nobody = 1;', []],
    ['code in a comment', '// Calls `nobody()` first.', []],
  ])('reads %s', (_what, source, expected) => {
    const phrases = proseOfSource(source, 'example.tsx').flatMap(({ text }) =>
      PHRASES.flatMap(({ pattern }) => [...text.matchAll(pattern)].map(([phrase]) => phrase)),
    );
    expect(phrases.sort()).toEqual(expected);
  });

  test('reads names of tests, conditions and comments of a test, but no other text', () => {
    const source = `
      // one
      describe('two words', () => {
        test.each([['its own', 1]])('three of %s', () => {
          waitFor(() => log('not this'), 'four to end', 1);
          wait(\`for \${five}\`);
        });
      });`;
    const texts = proseOfTest(source, 'example.ts').map(({ text }) => text);
    expect(texts).toEqual(['two words', 'three of %s', 'four to end', ' one']);
  });

  test('leaves out code in Markdown', () => {
    expect(
      proseOfMarkdown('Start\n`nobody`\nend')
        .map(({ text }) => text.trim())
        .join('|'),
    ).toBe('Start  end');
  });
});
