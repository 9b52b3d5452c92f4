import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PACKAGE = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;
/** https://spdx.org/licenses/MIT.html */
const MIT_TEXT = readFileSync(new URL('mit-license.txt', import.meta.url), 'utf8').trimEnd();
const TEXTS = /^(licen[cs]e|copying|notice)/i;

/**
 * Returns the names, licenses and license texts of the packages that the sources of a bundle belong to. They ask that each copy
 * contains their notice.
 * @throws Error for a package without a license
 */
export function licensesOf(sources, root) {
  const folders = new Set(sources.flatMap((path) => PACKAGE.exec(path)?.[0] ?? []));
  const entries = [...folders].map((folder) => licenseOf(join(root, folder)));
  const sections = byText(entries).map(({ titles, text }) => `${titles.join('\n')}\n\n${text}\n`);
  const rule = '='.repeat(78);
  return [`healer contains code from these packages, under these licenses.\n`, ...sections].join(`\n${rule}\n\n`);
}

/** Packages with the same text share it. */
function byText(entries) {
  const titlesOf = new Map();
  for (const { title, text } of entries) titlesOf.set(text, (titlesOf.get(text) ?? new Set()).add(title));
  const sections = [...titlesOf].map(([text, titles]) => ({ titles: [...titles].sort(), text }));
  return sections.sort((a, b) => (a.titles[0] < b.titles[0] ? -1 : 1));
}

function licenseOf(folder) {
  const { name, version, license, author, repository } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (typeof license !== 'string') throw new Error(`"${name}" states no license`);
  const title = `${name} ${version} (${license})`;
  const texts = readdirSync(folder).filter((file) => TEXTS.test(file) && !/\.[cm]?[jt]s$/.test(file));
  const text = texts.map((file) => readFileSync(join(folder, file), 'utf8').trim()).join('\n\n');
  return { title, text: text === '' ? withoutText(folder, { license, author, repository }) : text };
}

/** Some packages have their license in the README only, or state it only by name. */
function withoutText(folder, { license, author, repository }) {
  const readme = ['README.md', 'readme.md', 'Readme.md']
    .map((file) => join(folder, file))
    .find((path) => existsSync(path));
  const section = readme === undefined ? null : /^#+ *licen[cs]e\b[\s\S]*/im.exec(readFileSync(readme, 'utf8'));
  if (section !== null && /copyright|permission/i.test(section[0])) return section[0].trim();
  const holder = typeof author === 'string' ? author : (author?.name ?? 'its authors');
  const url = typeof repository === 'string' ? repository : (repository?.url ?? '');
  const notice = `Copyright (c) ${holder} (${url})`;
  if (license !== 'MIT') throw new Error(`"${folder}" contains no license text, and its license is ${license}`);
  return `MIT License\n\n${notice}\n\n${MIT_TEXT}`;
}
