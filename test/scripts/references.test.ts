import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DOCUMENTS = [
  ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', 'CODE_OF_CONDUCT.md'],
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
/** A path within the repository. A placeholder such as `<name>` ends the part of it that is checked. */
const PATH = /(?<![\w/.-])(?:src|test|scripts|bench|examples|schema|\.ci|\.github)\/[\w./@-]*[\w/]/g;
/** Documents may leave out `src/` before the name of an area. */
const PATH_IN_SRC = /(?<![\w/.-])(?:base|protocol|policy|config|engine|client|tui|cli)\/[\w./-]+\.tsx?\b/g;
const LINK = /\]\((?!\w+:)([^)\s#]*)(?:#([^)\s]*))?\)/g;

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** Returns the anchors that GitHub gives to the headings of a document. */
function anchorsOf(path: string): ReadonlySet<string> {
  const headings = [...read(path).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading ?? '');
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

function leadsNowhere(document: string, target: string, anchor: string | undefined): boolean {
  const path = target === '' ? document : normalize(join(dirname(document), target));
  if (!existsSync(join(ROOT, path))) return true;
  return anchor !== undefined && path.endsWith('.md') && !anchorsOf(path).has(anchor);
}

/** Returns the last folder of a path whose last part is unfinished, as in `test/fixtures/x-<name>`. */
function checkedPart(path: string, next: string | undefined): string {
  return next === '<' || next === '*' ? path.slice(0, path.lastIndexOf('/') + 1) : path;
}

describe.each(DOCUMENTS)('%s', (document) => {
  test('names only files that exist', () => {
    const text = read(document);
    const paths = [
      ...[...text.matchAll(PATH)].map(({ 0: path, index }) => checkedPart(path, text[index + path.length])),
      ...[...text.matchAll(PATH_IN_SRC)].map(([path]) => `src/${path}`),
    ];
    const missing = paths.filter((path) => !existsSync(join(ROOT, path)));
    expect(missing).toEqual([]);
  });

  test('has no broken relative links', () => {
    const links = [...read(document).matchAll(LINK)];
    const broken = links.filter(([, target = '', anchor]) => leadsNowhere(document, target, anchor));
    expect(broken.map(([link]) => link)).toEqual([]);
  });
});
