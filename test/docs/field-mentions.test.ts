import { expect, test } from 'vitest';
import { DOCUMENTS, readDocument } from '../support/documents.ts';

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
