/**
 * Bundles healer into dist/: one file per entry point, and shared chunks. Prints only errors.
 *
 * `node scripts/build.mjs --release FOLDER` writes the published files into an empty folder: without source maps, and with
 * the licenses of the bundled packages.
 *
 * Builds run before each start and each test run, also two at a time and while an engine runs that loads chunks lazily.
 * Therefore, esbuild does not write files itself. Changed files are renamed into place, chunks (named by their content)
 * before the entries that load them, and the chunks of the previous build are kept for processes that still run it.
 */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { mkdir, readFile, readdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleAll } from './build/bundle.mjs';
import { bundleNameOf, ENTRY_GROUPS } from './build/entries.mjs';
import { compileStartCode } from './build/compiled-code.mjs';
import { licensesOf } from './build/licenses.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const RELEASE = process.argv[2] === '--release' ? resolve(process.argv[3]) : null;
const DIST = RELEASE ?? join(ROOT, 'dist');
const MANIFEST = join(DIST, 'build.json');
const LICENSES = 'THIRD-PARTY-LICENSES.txt';
const EXECUTABLES = ['cli.js', 'cli.cjs'];
const FRESH_MS = 60_000;
const ENTRY_NAMES = ENTRY_GROUPS.flatMap(({ entries }) => Object.keys(entries)).flatMap((name) => [
  name,
  bundleNameOf(name),
]);

async function readManifest() {
  try {
    return { current: [], previous: [], ...JSON.parse(await readFile(MANIFEST, 'utf8')) };
  } catch {
    return { current: [], previous: [] };
  }
}

async function writeWhenChanged({ name, contents }) {
  const path = join(DIST, name);
  if ((await readlink(path).catch(() => null)) !== null) return;
  const old = await readFile(path).catch(() => null);
  if (old !== null && Buffer.compare(old, contents) === 0) return;
  const temporary = `${path}.${String(process.pid)}.tmp`;
  await writeFile(temporary, contents, { mode: EXECUTABLES.includes(name) ? 0o755 : 0o644 });
  await rename(temporary, path);
}

/** In a checkout, `cli.js` leads to `cli.cjs`: Node chooses its loader by the file that a link leads to. Packages contain no links. */
async function linkExecutable() {
  const [from, to] = EXECUTABLES.map((name) => join(DIST, name));
  if ((await readlink(from).catch(() => null)) === basename(to)) return;
  const temporary = `${from}.${String(process.pid)}.tmp`;
  await symlink(basename(to), temporary);
  await rename(temporary, from);
}

/** Recent files may belong to a concurrent build with newer sources. */
async function removeStaleBut(wanted) {
  const names = (await readdir(DIST)).filter((name) => /\.c?js(\.map)?$/.test(name) && !wanted.has(name));
  for (const path of names.map((name) => join(DIST, name))) {
    const isFresh = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) < FRESH_MS;
    if (!isFresh) await rm(path, { force: true });
  }
}

/** Returns an id of the build: two builds with equal files have the same. */
function buildIdOf(files) {
  const hash = createHash('sha256');
  for (const { name, contents } of files.filter((file) => !file.name.endsWith('.map')))
    hash.update(name).update(contents);
  return hash.digest('hex').slice(0, 12);
}

async function install(files) {
  const current = files.map(({ name }) => name).sort();
  const id = buildIdOf(files);
  await mkdir(DIST, { recursive: true });
  const before = await readManifest();
  const previous = before.current.join() === current.join() ? before.previous : before.current;
  const isEntry = ({ name }) => ENTRY_NAMES.includes(name.split('.')[0]);
  const isFirst = ({ name }) => name.split('.')[0].endsWith('-main');
  await Promise.all(files.filter((file) => !isEntry(file)).map(writeWhenChanged));
  await Promise.all(files.filter((file) => isEntry(file) && isFirst(file)).map(writeWhenChanged));
  await Promise.all(files.filter((file) => isEntry(file) && !isFirst(file)).map(writeWhenChanged));
  const manifest = RELEASE === null ? { id, current, previous } : { id };
  await writeWhenChanged({ name: basename(MANIFEST), contents: Buffer.from(JSON.stringify(manifest)) });
  if (RELEASE !== null) return;
  await linkExecutable();
  await removeStaleBut(new Set([...current, ...previous]));
  await compileStartCode(DIST);
}

/** esbuild prints its errors with their positions; its internal stack trace would only hide them. */
function isReported(error) {
  return Array.isArray(error?.errors);
}

try {
  const { files, sources } = await bundleAll({ root: ROOT, isRelease: RELEASE !== null });
  // A chunk that is in two groups has the same name in both, since chunks are named by their content.
  const unique = [...new Map(files.map((file) => [file.name, file])).values()];
  if (RELEASE !== null) {
    if ((await readdir(RELEASE).catch(() => [])).length > 0) throw new Error(`"${RELEASE}" is not empty`);
    unique.push({ name: LICENSES, contents: Buffer.from(licensesOf(sources, ROOT)) });
  }
  await install(unique);
} catch (error) {
  if (!isReported(error)) throw error;
  process.exitCode = 1;
}
