import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PACKAGE = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;
/** https://spdx.org/licenses/MIT.html */
const MIT_TEXT = readFileSync(new URL('mit-license.txt', import.meta.url), 'utf8').trimEnd();
/** Lines that name the license, and those that name its holders. The notice of Apache is below its terms. */
const HEADING = /^[#\s]*(?:the )?(?:mit|isc) licen[cs]e(?: \(mit\))?[.:]?\s*$/i;
const APACHE_END = 'END OF TERMS AND CONDITIONS';
const NOTICE = /^\s*(?:copyright|\(c\)|©)/i;
const TEXTS = /^(licen[cs]e|copying|notice)/i;

/**
 * Returns the names, licenses and license texts of the packages that the sources of a bundle belong to. They ask that each copy
 * contains their notice.
 * @throws Error for a package without a license
 */
export function licensesOf(sources, root) {
  const folders = new Set(sources.flatMap((path) => PACKAGE.exec(path)?.[0] ?? []));
  const entries = [...folders].map((folder) => licenseOf(join(root, folder)));
  const sections = byText(entries).map(({ heads, text }) => `${heads.join('\n\n')}\n\n${text}\n`);
  const rule = '='.repeat(78);
  return [`healer contains code from these packages, under these licenses.\n`, ...sections].join(`\n${rule}\n\n`);
}

/** Packages whose texts differ only in the copyright notices and in line breaks share a text below their notices. */
function byText(entries) {
  const sections = new Map();
  for (const { title, text } of entries) {
    const { notices, terms } = partsOf(text);
    const key = terms.replaceAll(/\s+/g, ' ');
    const section = sections.get(key) ?? { heads: new Set(), text: terms };
    section.heads.add([title, ...notices].join('\n'));
    sections.set(key, section);
  }
  const sorted = [...sections.values()].map(({ heads, text }) => ({ heads: [...heads].sort(), text }));
  return sorted.sort((a, b) => (a.heads[0] < b.heads[0] ? -1 : 1));
}

/** Only notices above the terms are taken out, or below those of Apache, so that terms which contain some stay whole. */
function partsOf(text) {
  const [apache, appendix] = text.split(APACHE_END);
  if (appendix !== undefined)
    return { notices: noticesOf(appendix.split('\n')), terms: `${apache}${APACHE_END}`.trim() };
  const lines = text.split(/\r?\n/).filter((line) => !HEADING.test(line));
  const start = lines.findIndex((line) => line.trim() !== '' && !NOTICE.test(line));
  return { notices: noticesOf(lines.slice(0, start)), terms: lines.slice(start).join('\n').trim() };
}

/** Returns the lines that name the holders, without the template in the appendix of Apache's license. */
function noticesOf(lines) {
  return lines.map((line) => line.trim()).filter((line) => NOTICE.test(line) && !line.includes('[yyyy]'));
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
