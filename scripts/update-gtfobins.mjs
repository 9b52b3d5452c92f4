/**
 * Writes scripts/gtfobins.json: which programs GTFOBins lists, and what each of them can be made to do. Takes the folder of
 * a clone of https://github.com/GTFOBins/GTFOBins.github.io; afterwards, run `npm run generate`.
 */
import { execFileSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const TARGET = fileURLToPath(new URL('gtfobins.json', import.meta.url));
const [folder] = process.argv.slice(2);

if (folder === undefined) {
  console.error('usage: node scripts/update-gtfobins.mjs FOLDER');
  process.exitCode = 2;
} else {
  await writeFile(TARGET, `${JSON.stringify(await readSource(folder), null, 2)}\n`);
}

async function readSource(folder) {
  const entries = join(folder, '_gtfobins');
  const names = (await readdir(entries)).sort();
  const pages = new Map();
  for (const name of names) {
    // A page is one YAML document between "---" and "...".
    const text = await readFile(join(entries, name), 'utf8');
    pages.set(name, parse(text.replace(/^---\n/, '').replace(/\n\.\.\.\s*$/, '\n')));
  }
  const [commit, date] = git(folder, 'log', '-1', '--format=%H %cs').trim().split(' ');
  return {
    source: 'https://github.com/GTFOBins/GTFOBins.github.io',
    commit,
    date,
    programs: Object.fromEntries(names.map((name) => [name, functionsOf(name, pages).join(' ')])),
  };
}

/** A page may only refer to another one, as that of `awk` refers to `mawk`. */
function functionsOf(name, pages) {
  const { alias, functions = {} } = pages.get(name) ?? {};
  return alias === undefined ? Object.keys(functions).sort() : functionsOf(alias, pages);
}

function git(folder, ...args) {
  return execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8' });
}
