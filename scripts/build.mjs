/**
 * Bundles healer into dist/: one file an entry point, shared chunks beside them. Prints nothing but errors.
 *
 * Builds run at each start and each test, also two at once and under a running engine that loads chunks lazily. So
 * esbuild writes nothing itself: changed files are renamed into place, chunks (named by their content) before the entries
 * that ask for them, and the chunks of the build before this one stay for whoever still runs it.
 */
import { build } from 'esbuild';
import { existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = join(ROOT, 'dist');
const MANIFEST = join(DIST, 'build.json');
const EXECUTABLE = 'cli.js';
const FRESH_MS = 60_000;

/**
 * An engine of the previous version that is still running starts its helpers from here, as keeper.js and courier.js: the
 * log collector and the delivery worker keep these file names.
 *
 * Entry points of one group share chunks. What the command line shares with the engine would cut the engine into forty
 * small ones, and Node takes about half a millisecond for each at every start.
 */
const ENTRY_GROUPS = [
  {
    cli: 'src/cli/main.ts',
    client: 'src/client/index.ts',
    detectors: 'src/policy/anomaly/index.ts',
  },
  {
    engine: 'src/engine/main.ts',
    courier: 'src/engine/alerts/delivery/main.ts',
  },
  { keeper: 'src/engine/logs/collector/main.ts' },
];
const ENTRY_NAMES = ENTRY_GROUPS.flatMap((group) => Object.keys(group));

/** Ink loads it in a debugging mode that healer never turns on; it brings a WebSocket server along. */
const withoutInkDevtools = {
  name: 'without-ink-devtools',
  setup(hooks) {
    hooks.onResolve({ filter: /^\.\/devtools\.js$/ }, ({ path, resolveDir }) =>
      resolveDir.endsWith(join('node_modules', 'ink', 'build')) ? { path, namespace: 'empty' } : undefined,
    );
    hooks.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: '' }));
  },
};

/** OpenTelemetry's modules, of which a part can be taken: what Node would load, CommonJS, comes as a whole (830 against 51 KB). */
const opentelemetryInParts = {
  name: 'opentelemetry-in-parts',
  setup(hooks) {
    hooks.onResolve({ filter: /^@opentelemetry\/[^/]+$/ }, ({ path, resolveDir }) => {
      const whole = createRequire(join(resolveDir, 'any')).resolve(path);
      const inParts = whole.replace('/build/src/', '/build/esm/');
      return inParts === whole || !existsSync(inParts) ? undefined : { path: inParts, sideEffects: false };
    });
  },
};

async function bundle(entryPoints) {
  const present = Object.entries(entryPoints).filter(([, path]) => existsSync(join(ROOT, path)));
  if (present.length === 0) return [];
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: Object.fromEntries(present),
    outdir: DIST,
    write: false,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    external: ['koffi'],
    plugins: [withoutInkDevtools, opentelemetryInParts],
    define: { 'process.env.NODE_ENV': '"production"' },
    // Names stay: stack traces of a user's machine should be readable.
    minifyWhitespace: true,
    minifySyntax: true,
    sourcemap: 'linked',
    // CommonJS packages inside the bundle ask for Node's own modules through `require`.
    banner: {
      js: 'import{createRequire as createRequireForBundle}from"node:module";const require=createRequireForBundle(import.meta.url);',
    },
    legalComments: 'none',
    logLevel: 'error',
  });
  return outputFiles.map(({ path, contents }) => ({ name: basename(path), contents }));
}

async function readManifest() {
  try {
    return JSON.parse(await readFile(MANIFEST, 'utf8'));
  } catch {
    return { current: [], previous: [] };
  }
}

async function writeWhenChanged({ name, contents }) {
  const path = join(DIST, name);
  const old = await readFile(path).catch(() => null);
  if (old !== null && Buffer.compare(old, contents) === 0) return;
  const temporary = `${path}.${String(process.pid)}.tmp`;
  await writeFile(temporary, contents, { mode: name === EXECUTABLE ? 0o755 : 0o644 });
  await rename(temporary, path);
}

/** What is fresh may belong to a build that runs now, of sources that were edited in between. */
async function removeStaleBut(wanted) {
  const names = (await readdir(DIST)).filter((name) => /\.js(\.map)?$/.test(name) && !wanted.has(name));
  for (const path of names.map((name) => join(DIST, name))) {
    const isFresh = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) < FRESH_MS;
    if (!isFresh) await rm(path, { force: true });
  }
}

async function install(files) {
  const current = files.map(({ name }) => name).sort();
  await mkdir(DIST, { recursive: true });
  const before = await readManifest();
  const previous = before.current.join() === current.join() ? before.previous : before.current;
  const isEntry = ({ name }) => ENTRY_NAMES.includes(name.split('.')[0]);
  await Promise.all(files.filter((file) => !isEntry(file)).map(writeWhenChanged));
  await Promise.all(files.filter(isEntry).map(writeWhenChanged));
  await writeWhenChanged({ name: basename(MANIFEST), contents: Buffer.from(JSON.stringify({ current, previous })) });
  await removeStaleBut(new Set([...current, ...previous]));
}

// A chunk of two groups has one name, which says what it contains.
const files = await Promise.all(ENTRY_GROUPS.map(bundle)).catch(() => null);
// esbuild has said what is wrong and where; a stack trace of its insides would only hide it.
if (files === null) process.exitCode = 1;
else await install([...new Map(files.flat().map((file) => [file.name, file])).values()]);
