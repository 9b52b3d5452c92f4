/**
 * Packs what is published, and prints the path of the tarball: `node scripts/release-pack.mjs [FOLDER]`, default the working
 * directory. Everything is built into an empty folder, so no file of an earlier build is published. The manifest is generated:
 * that of the repository lists what the code uses, and the published one what an installation needs.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NATIVE_PACKAGE } from './build/plugins.mjs';
import { repositoryUrl, withLinksToRepository } from './release/links.mjs';
import { publishedManifest } from './release/manifest.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FILES = ['LICENSE', 'README.md', 'CHANGELOG.md', 'process_list.txt', 'examples', 'schema', 'man', 'docs'];
/** For contributors, or large. Links to them lead to the repository; a running engine serves its OpenAPI document. */
const LEFT_OUT = ['decisions.md', 'benchmarks.md', 'reliability.md', 'performance.md', 'openapi.json', 'screens'];

const target = resolve(process.argv[2] ?? '.');
const folder = mkdtempSync(join(tmpdir(), 'healer-pack-'));
try {
  const dist = join(folder, 'dist');
  mkdirSync(dist);
  run('scripts/build.mjs', '--release', dist);
  run('scripts/build-types.mjs', dist);
  copyFiles();
  for (const name of readdirSync(join(folder, 'schema'))) compactJson(join(folder, 'schema', name));
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const pages = existsSync(join(folder, 'man')) ? readdirSync(join(folder, 'man')).map((name) => `man/${name}`) : [];
  const published = publishedManifest(manifest, { native: NATIVE_PACKAGE, pages: pages.sort() });
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(published, null, 2)}\n`);
  linkToRepository(manifest);
  process.stdout.write(`${pack()}\n`);
} finally {
  rmSync(folder, { recursive: true });
}

function run(script, ...words) {
  execFileSync(process.execPath, [join(ROOT, script), ...words], { stdio: ['ignore', 'inherit', 'inherit'] });
}

function copyFiles() {
  for (const name of FILES.filter((each) => existsSync(join(ROOT, each)))) {
    const left = LEFT_OUT.map((each) => join(ROOT, 'docs', each));
    cpSync(join(ROOT, name), join(folder, name), { recursive: true, filter: (path) => !left.includes(path) });
  }
}

/** Editors read the schema, and no person does. */
function compactJson(path) {
  writeFileSync(path, JSON.stringify(JSON.parse(readFileSync(path, 'utf8'))));
}

function linkToRepository({ repository, version }) {
  const facts = { folder, repository: repositoryUrl(repository), version };
  for (const path of readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.md'))) {
    const file = join(folder, path);
    writeFileSync(file, withLinksToRepository(readFileSync(file, 'utf8'), { ...facts, file }));
  }
}

function pack() {
  mkdirSync(target, { recursive: true });
  const words = ['pack', '--json', '--ignore-scripts', '--pack-destination', target];
  const output = execFileSync('npm', words, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  const packed = JSON.parse(output);
  // npm 12 prints an object by name, and earlier versions a list.
  const [{ filename }] = Array.isArray(packed) ? packed : Object.values(packed);
  return join(target, filename);
}
