import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readDocument } from '../support/documents.ts';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

/** The text of all sources, with the values that are put into messages replaced. */
const SOURCES = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => readFileSync(join(SRC, name), 'utf8').replaceAll(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, '…'))
  .join('\n')
  .replaceAll(/\\(["'`])/g, '$1');

test('each message that the page on troubleshooting starts from is one that healer prints', () => {
  const quoted = [...readDocument('docs/troubleshooting.md').matchAll(/\*\*([^*]+)\*\*/g)].map(
    ([, text]) => text ?? '',
  );
  // A sentence that begins with a capital letter describes a situation, except for one that healer prints like that.
  const messages = quoted.filter((text) => /^[a-z"(]|^Changed by command/.test(text));
  expect(messages.length).toBeGreaterThan(20);
  const pieces = messages.flatMap((text) => text.split('…').map((piece) => piece.replaceAll(/^[\s")]+|[\s"(]+$/g, '')));
  const missing = pieces.filter((piece) => piece.length > 3 && !SOURCES.includes(piece));
  expect(missing).toEqual([]);
});
