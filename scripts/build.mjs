/**
 * Bundles healer into dist/: one file per entry point, and shared chunks. Prints only errors.
 *
 * Builds run before each start and each test run, also two at a time and while an engine runs that loads chunks lazily.
 * Therefore, esbuild does not write files itself. Changed files are renamed into place, chunks (named by their content)
 * before the entries that load them, and the chunks of the previous build are kept for processes that still run it.
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
 * The log collector and the delivery worker keep the file names `keeper.js` and `courier.js`, because a running engine of the
 * previous version starts them from here.
 *
 * Entry points of one group share chunks. If the command line shared chunks with the engine, the engine would consist of
 * forty small ones, and each takes Node about half a millisecond at every start. For the same reason, the executable is a
 * group of its own: it contains the most frequent commands, and loads the command line for all others. The fleet agent shares
 * nothing, so that the engine contains nothing of the bus.
 */
const ENTRY_GROUPS = [
  { cli: 'src/cli/main.ts' },
  {
    'command-line': 'src/cli/command-line.ts',
    client: 'src/client/index.ts',
    detectors: 'src/policy/anomaly/index.ts',
  },
  {
    engine: 'src/engine/main.ts',
    courier: 'src/engine/alerts/delivery/main.ts',
  },
  { keeper: 'src/engine/logs/collector/main.ts' },
  { 'fleet-agent': 'src/fleet/agent/main.ts' },
];
const ENTRY_NAMES = ENTRY_GROUPS.flatMap((group) => Object.keys(group));

/** Ink loads its devtools in a debug mode that healer never enables; they would add a WebSocket server to the bundle. */
const withoutInkDevtools = {
  name: 'without-ink-devtools',
  setup(hooks) {
    hooks.onResolve({ filter: /^\.\/devtools\.js$/ }, ({ path, resolveDir }) =>
      resolveDir.endsWith(join('node_modules', 'ink', 'build')) ? { path, namespace: 'empty' } : undefined,
    );
    hooks.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: '' }));
  },
};

/** Resolves OpenTelemetry to its ES modules, which can be tree-shaken. The CommonJS modules that Node loads cannot (830 KB instead of 51 KB). */
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

/** The executable loads the command line from its own bundle. */
const commandLineApart = {
  name: 'command-line-apart',
  setup(hooks) {
    hooks.onResolve({ filter: /\/command-line\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './command-line.js', external: true } : undefined,
    );
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
    external: ['koffi', 're2js'],
    plugins: [commandLineApart, withoutInkDevtools, opentelemetryInParts],
    define: { 'process.env.NODE_ENV': '"production"' },
    // Keeps names, so that stack traces from users are readable.
    minifyWhitespace: true,
    minifySyntax: true,
    sourcemap: 'linked',
    // CommonJS packages inside the bundle load Node's own modules through `require`.
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

/** Recent files may belong to a concurrent build with newer sources. */
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

// A chunk that is in two groups has the same name in both, since chunks are named by their content.
const files = await Promise.all(ENTRY_GROUPS.map(bundle)).catch(() => null);
// esbuild has already printed the error and its position; its internal stack trace would only hide them.
if (files === null) process.exitCode = 1;
else await install([...new Map(files.flat().map((file) => [file.name, file])).values()]);
