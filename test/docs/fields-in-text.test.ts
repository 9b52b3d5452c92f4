import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { combineFiles } from '../../src/config/sources/combine-sources.ts';
import { blocksOf, DOCUMENTS, readDocument } from '../support/documents.ts';

/** The fields of a program, from the generated table. Fields whose content is free, such as `env.NAME`, are not listed in full. */
const FIELDS = new Set(
  [...readDocument('docs/configuration.md').matchAll(/^\| `([\w.[\]]+)` +\|/gm)].map(([, path]) =>
    (path ?? '').replaceAll('[]', ''),
  ),
);
const PARENTS = new Set([...FIELDS].flatMap((path) => (path.includes('.') ? [path.slice(0, path.indexOf('.'))] : [])));

/** Returns the fields that a document names in code spans, without their values. */
function fieldsNamedIn(page: string): readonly string[] {
  const spans = [...readDocument(page).matchAll(/(?<!`)`([a-zA-Z]+(?:\.[a-zA-Z]+)+)(?:: [^`]*)?`(?!`)/g)].map(
    ([, path]) => path ?? '',
  );
  return spans.filter((path) => PARENTS.has(path.slice(0, path.indexOf('.'))));
}

test('the table of fields is read', () => {
  expect(FIELDS).toContain('stop.gracefulTimeoutMs');
  expect(fieldsNamedIn('docs/configuration.md').length).toBeGreaterThan(20);
});

test.each(DOCUMENTS.filter((page) => page !== 'CHANGELOG.md'))(
  '%s names only fields of a program that exist',
  (page) => {
    expect(fieldsNamedIn(page).filter((path) => !FIELDS.has(path))).toEqual([]);
  },
);

const EXAMPLES = DOCUMENTS.flatMap((page) =>
  blocksOf(page)
    .filter(({ language, text }) => language === 'yaml' && /^processes:$/m.test(text))
    .map(({ text, line }) => ({ place: `${page}:${String(line)}`, text })),
);

test.each(EXAMPLES)('the healer.yaml at $place has no problems', async ({ text }) => {
  const folder = mkdtempSync(join(tmpdir(), 'healer-docs-'));
  try {
    const file = join(folder, 'healer.yaml');
    writeFileSync(file, text);
    const { specs, problems } = await combineFiles([[file]], {});
    expect(problems).toEqual([]);
    expect(specs.length).toBeGreaterThan(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
