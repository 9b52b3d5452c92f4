import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { parseQuickly } from '../../../src/config/yaml/parse-quickly.ts';
import { parseYaml } from '../../../src/config/yaml/parse-yaml.ts';
import type { YamlNode } from '../../../src/config/yaml/yaml-node.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Checks that a text that is parsed quickly has the nodes, and the places, that the package yaml finds. */
async function expectSame(text: string): Promise<void> {
  const quick = parseQuickly(text);
  if (quick === null) return;
  const { root, problems } = await parseYaml(text);
  expect(problems, text).toEqual([]);
  expect(withoutEmptyPlaces(quick), text).toEqual(withoutEmptyPlaces(root));
}

/** The place of a missing value may differ by the spaces around it. */
function withoutEmptyPlaces(node: YamlNode | null): unknown {
  return JSON.parse(
    JSON.stringify(node, (_name, value: YamlNode | null) =>
      value?.kind === 'scalar' && value.source === '' && value.value === null ? { ...value, at: null } : value,
    ),
  );
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => join(folder, name));
}

test.each(['examples', 'docs', 'test/fixtures'].flatMap(filesBelow))('%s has the same nodes', async (file) => {
  await expectSame(readFileSync(join(ROOT, file), 'utf8'));
});

test.each([
  ['numbers', 'a: 1\nb: -1.5\nc: 0x1F\nd: 0o17\ne: 1e3\nf: .5\ng: .inf\nh: 010\ni: 1_000\nj: 0b1\nk: 1.\nl: +7\n'],
  ['words', 'a: true\nb: False\nc: NULL\nd: ~\ne: yes\nf: on\ng: null # none\nh: Null\ni: nan\n'],
  ['dates', 'a: 2026-01-02\nb: 12:30:45\nc: 1:30\n'],
  ['quotes', `a: "x\\ty"\nb: 'it''s'\nc: "1"\n"d": 'true'\n'e f': ""\n`],
  ['text in several lines', 'a: one\n  two\n\n  three\nb: "x\n  y"\nc: \'p\n\n  q\'\n'],
  ['blocks', 'a: |\n  x\n   y\n\nb: >-\n  p\n  q\nc: |+ # a | b > c\n  z\n\nd: |2\n    w\n'],
  ['lists', '- a\n-   - b\n    - c\n- d: 1\n  e: 2\n- [x, "y", { z: 1 }]\n-\n- f\n'],
  ['a list at the level of its key', 'a:\n- 1\n- 2\nb:\n-\n  c: 1\n'],
  ['flows', '{ a: 1, b: [ ], c: {}, d, "e":2, f: }'],
  ['a flow in several lines', 'a: [\n  1, # one\n  2,\n]\nb: {\n  x: 1\n}\n'],
  ['empty values', 'a:\nb: # nothing\nc:\n\n  # nothing\nd: x\n'],
  ['an empty value at the end', 'a: 1\nb:'],
  ['aliases', 'x: &x { a: 1 }\ny: *x\nz:\n  <<: *x\n  b: &b 2\nw: [*b, *x]\n'],
  ['an anchor on a block', 'a: &a\n  b: 1\nc: &c |\n  text\n'],
  ['comments', '# first\n\na: 1 # one\n# between\nb: "#" # quoted\nc: a#b\n'],
  ['Windows line ends', 'a: 1\r\nb:\r\n  - x\r\n  - "y"\r\nc: |\r\n  text\r\nd:\r\n'],
  ['a marker', '---\na: 1\n...\n'],
  ['only text', 'just text\n'],
  ['explicit keys', '? a\n: 1\n? b\n'],
  ['characters', 'a: "😀 é"\nb: 日本\n"😀": 1\n'],
  ['tabs', 'a:\t1\nb: 2\t# two\n'],
  ['indicators in text', 'a: x: y\n'],
  ['colons', 'a: http://localhost:80/x\nb: c:d\n"e":f\n'],
])('%s are read as by the package yaml', async (_what, text) => {
  await expectSame(text);
});

test.each([
  ['- 1\n-\n- 2\n', [2, 5, 8]],
  ['- { z: 1 }\n# next\n-   # nothing\n- 2\n', [2, 19, 34]],
])('an empty value of a list is placed behind its dash: %j', (text, places) => {
  const list = parseQuickly(text);
  expect(list?.kind === 'list' ? list.items.map(({ at }) => at) : null).toEqual(places);
});

test.each([
  ['a:\nb: # nothing\nc: 1\n', [2, 5, 19]],
  ['"a" :\n\nb:', [5, 9]],
])('an empty value of a map is placed behind its colon: %j', (text, places) => {
  const map = parseQuickly(text);
  expect(map?.kind === 'map' ? map.pairs.map(({ value }) => value.at) : null).toEqual(places);
});

describe('parsed by the package yaml, because that explains it better,', () => {
  test.each([
    ['an empty text', ''],
    ['an invalid text', 'a: [1\nb: 2\n'],
    ['a tag', 'a: !!str 1\n'],
    ['a directive', '%YAML 1.1\n---\na: yes\n'],
    ['a second document', 'a: 1\n---\nb: 2\n'],
    ['a text that is nested too deeply', `${'['.repeat(100)}${']'.repeat(100)}`],
    ['a long text', `a: ${'x'.repeat(1024 * 1024)}\n`],
  ])('is %s', (_what, text) => {
    expect(parseQuickly(text)).toBeNull();
  });
});

test.each(['data:\n - "|#": |\n', 'data:\n - ">#": >-\n     b\n', 'data:\n - "| #": | # a\n     b\n', 'a|: |\n  b\n'])(
  'a key may look like the header of a block: %j',
  async (text) => {
    expect(parseQuickly(text)).not.toBeNull();
    await expectSame(text);
  },
);

const scalar = fc.oneof(fc.string(), fc.integer(), fc.double({ noNaN: true }), fc.boolean(), fc.constant(null));
const { value: content } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
  ),
}));

test('any value that is written as YAML is read as by the package yaml', async () => {
  const style = fc.record({
    indent: fc.integer({ min: 1, max: 4 }),
    indentSeq: fc.boolean(),
    lineWidth: fc.constantFrom(0, 20, 80),
    defaultStringType: fc.constantFrom('PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE', 'BLOCK_LITERAL', 'BLOCK_FOLDED'),
    collectionStyle: fc.constantFrom('any', 'block', 'flow'),
  } as const);
  await fc.assert(
    fc.asyncProperty(content, style, (data, options) => expectSame(stringify({ data }, options))),
    { numRuns: 2_000 },
  );
});
