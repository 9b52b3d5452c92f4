import { build, transform } from 'esbuild';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  bundleNameOf,
  COMMONJS_PROGRAMS,
  COMPILED_PROGRAMS,
  ENTRY_GROUPS,
  LIBRARIES,
  OWN_BUNDLES,
  PROGRAM_EXPORTS,
  PROGRAMS,
} from './entries.mjs';
import { filesLoadedLater, LINE_LIMIT, withHeldParts } from './held-parts.mjs';
import { openApiCompressed, packagesReduced, packagesShortened } from './lean-packages.mjs';
import { startCodeOf } from './start-code.mjs';
import { commonJsProgramText, commonJsText, LIBRARY_CHECK, programText } from './node-check.mjs';
import {
  commandLineApart,
  fileNameOf,
  NATIVE_PACKAGE,
  opentelemetryInParts,
  packagesApart,
  quickCommandsAlone,
  withoutInkDevtools,
} from './plugins.mjs';

/** CommonJS packages inside the bundle load Node's own modules through `require`. */
const BANNER =
  'import{createRequire as createRequireForBundle}from"node:module";const require=createRequireForBundle(import.meta.url);';

const TARGET = 'node20.19';
/** A file with this share of packages counts as one of them. */
const PACKAGE_SHARE = 0.8;
/** Syntax that an older Node can parse, so that it reaches the check of its version. */
const LIBRARY_TARGET = 'node14.13';

const ENTRY_SOURCES = ENTRY_GROUPS.flatMap(({ entries }) => Object.values(entries));

/**
 * Bundles everything. Returns the files, those that are loaded by others first, and the paths of all sources.
 * @throws the errors of esbuild, which it has printed
 */
export async function bundleAll({ root, isRelease }) {
  const options = { root, sourcemap: isRelease ? false : 'linked' };
  const groups = await Promise.all(ENTRY_GROUPS.map((group) => bundleGroup(group, options)));
  const names = [...new Set(groups.flatMap(({ packages }) => packages))];
  const packages = await Promise.all(names.map((name) => bundlePackage(name, options)));
  const files = await Promise.all(groups.map((group) => finish(group, packages, isRelease)));
  const present = groups.flatMap(({ group }) => presentEntries(group, root).map(([entry]) => entry));
  const sources = [...groups, ...packages].flatMap(({ inputs }) => inputs);
  return {
    files: [
      ...files.flat(),
      ...packages.map(({ name, contents }) => ({ name, contents })),
      ...present.flatMap(entryFiles),
    ],
    sources: [...new Set(sources)],
  };
}

/** Entry points whose source does not exist are omitted. */
function presentEntries({ entries }, root) {
  return Object.entries(entries).filter(([, path]) => existsSync(join(root, path)));
}

async function bundleGroup(group, { root, sourcemap }) {
  const present = presentEntries(group, root);
  if (present.length === 0) return { group, files: [], inputs: [], packages: [], entries: [] };
  const packages = new Set();
  const target = group.isLibrary === true ? LIBRARY_TARGET : TARGET;
  const { outputFiles, metafile } = await build({
    ...commonOptions(root),
    entryPoints: Object.fromEntries(present.map(([entry, path]) => [bundleNameOf(entry), path])),
    outdir: join(root, 'dist'),
    ...(group.isCommonJs === true
      ? { format: 'cjs', outExtension: { '.js': '.cjs' } }
      : { format: 'esm', splitting: true }),
    target,
    external: [NATIVE_PACKAGE],
    plugins: [
      commandLineApart,
      ...(group.isQuick === true ? [quickCommandsAlone] : []),
      withoutInkDevtools,
      opentelemetryInParts,
      packagesApart({ holds: group.holds === true, onPackage: (name) => packages.add(name) }),
      ...leanPlugins(sourcemap === false, target),
    ],
    sourcemap,
    banner: group.isCommonJs === true ? {} : { js: group.isLibrary === true ? `${BANNER}${LIBRARY_CHECK}` : BANNER },
  });
  const files = outputFiles.map(({ path, contents }) => ({ name: basename(path), contents }));
  return {
    group,
    files: sourcemap === false ? await shortened(files, metafile, target) : files,
    inputs: Object.keys(metafile.inputs),
    packages: [...packages],
    entries: present.map(([entry]) => `./${bundleNameOf(entry)}.js`),
  };
}

/** Shortens the names in files that consist of packages: stack traces of our own code stay readable. */
function shortened(files, { outputs }, target) {
  // An entry point begins with the banner, which other steps look for.
  const chunks = Object.entries(outputs).filter(([, { entryPoint }]) => !ENTRY_SOURCES.includes(entryPoint));
  const inputsOf = new Map(chunks.map(([path, { inputs }]) => [basename(path), Object.entries(inputs)]));
  const bytes = (inputs) => inputs.reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);
  return Promise.all(
    files.map(async ({ name, contents }) => {
      const inputs = inputsOf.get(name) ?? [];
      const packages = inputs.filter(([path]) => path.includes('node_modules/'));
      if (packages.length === 0 || bytes(packages) < PACKAGE_SHARE * bytes(inputs)) return { name, contents };
      const { code } = await transform(Buffer.from(contents).toString('utf8'), {
        minify: true,
        lineLimit: LINE_LIMIT,
        target,
        legalComments: 'none',
        logLevel: 'error',
      });
      return { name, contents: Buffer.from(code) };
    }),
  );
}

async function finish({ group, files, entries, packages }, bundledPackages, isRelease) {
  if (files.length === 0) return files;
  const joined = (group.joins ?? []).map((entry) => `./${bundleNameOf(entry)}.js`);
  if (group.holds !== true) {
    if (joined.length === 0) return files;
    const startFiles = await Promise.all(joined.map((entry) => startCodeOf(entry, files, BANNER)));
    return [...filesLoadedLater(files, joined), ...startFiles.flat()];
  }
  const needed = new Set(packages.map(fileNameOf));
  const own = bundledPackages.filter(({ name }) => needed.has(name));
  return withHeldParts(files, { entries, joined, banner: BANNER, packages: own, isCompressed: isRelease });
}

/** Bundles a package that is loaded with `require` into a CommonJS file. */
async function bundlePackage(packageName, { root, sourcemap }) {
  const { outputFiles, metafile } = await build({
    ...commonOptions(root),
    minifyIdentifiers: sourcemap === false,
    stdin: { contents: `module.exports = require(${JSON.stringify(packageName)})`, resolveDir: root },
    format: 'cjs',
    target: TARGET,
    plugins: leanPlugins(sourcemap === false, TARGET),
  });
  return {
    name: fileNameOf(packageName),
    contents: outputFiles[0].contents,
    inputs: Object.keys(metafile.inputs),
  };
}

function commonOptions(root) {
  return {
    absWorkingDir: root,
    write: false,
    bundle: true,
    platform: 'node',
    define: { 'process.env.NODE_ENV': '"production"' },
    // Keeps names, so that stack traces from users are readable.
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: LINE_LIMIT,
    legalComments: 'none',
    logLevel: 'error',
    metafile: true,
  };
}

/** The last one takes all files that the others leave. */
function leanPlugins(isRelease, target) {
  return [packagesReduced, openApiCompressed, ...(isRelease ? [packagesShortened(target)] : [])];
}

/** The files that Node runs and programs import. */
function entryFiles(entry) {
  if (PROGRAMS.includes(entry)) {
    const isCompiled = COMPILED_PROGRAMS.includes(entry);
    const options = { names: PROGRAM_EXPORTS[entry], isCompiled, ownBundles: OWN_BUNDLES[entry] };
    const program = { name: `${entry}.js`, contents: Buffer.from(programText(entry, options)) };
    if (!COMMONJS_PROGRAMS.includes(entry)) return [program];
    return [program, { name: `${entry}.cjs`, contents: Buffer.from(commonJsProgramText(entry, options)) }];
  }
  return LIBRARIES.includes(entry) ? [{ name: `${entry}.cjs`, contents: Buffer.from(commonJsText(entry)) }] : [];
}
