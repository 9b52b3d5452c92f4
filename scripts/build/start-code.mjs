/**
 * The code that a program loads at its start, in one file for `vm.Script`, so that V8 can keep its compiled form: Node 20 cannot
 * do that for ES modules. The file contains a function in parentheses; src/engine/start-code calls it.
 */
import { build } from 'esbuild';
import { basename } from 'node:path';
import { LINE_LIMIT } from './held-parts.mjs';

const URL_NAME = 'urlOfThisPart';
const FOLDER_NAME = 'folderOfThisPart';
const IMPORT_NAME = 'importBesideThisPart';
const MODULES = 'start-code';
const DYNAMIC_IMPORT = /(?<!\.)\bimport\((?="\.\/)/g;

/**
 * Joins an entry point with all modules that it imports statically. Returns the file, and its source map if the modules have some.
 * @param {string} entry e.g. `./engine-main.js`
 * @param {readonly { name: string, contents: Uint8Array }[]} files all modules, with their source maps
 * @param {string} banner what each module begins with
 */
export async function startCodeOf(entry, files, banner) {
  const contentsOf = new Map(files.map(({ name, contents }) => [`./${name}`, Buffer.from(contents)]));
  const hasMap = contentsOf.has(`${entry}.map`);
  const { outputFiles } = await build({
    entryPoints: [entry],
    outfile: entry,
    write: false,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    charset: 'ascii',
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: LINE_LIMIT,
    legalComments: 'none',
    logLevel: 'error',
    sourcemap: hasMap ? 'linked' : false,
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': URL_NAME, 'import.meta.dirname': FOLDER_NAME },
    banner: {
      js: `(function(exports,require,${URL_NAME},${IMPORT_NAME}){var module={exports},${FOLDER_NAME}=require("node:url").fileURLToPath(new URL(".",${URL_NAME})).slice(0,-1);`,
    },
    footer: { js: 'Object.assign(exports,module.exports)})' },
    plugins: [fromMemory(contentsOf, banner)],
  });
  return outputFiles.map(({ path, contents, text }) => ({
    name: basename(path),
    contents: path.endsWith('.map') ? contents : Buffer.from(withWholeNames(text)),
  }));
}

/** Names of files stay searchable: a line that was broken within one is broken behind it. */
function withWholeNames(text) {
  return text.replaceAll(/"(\.\/[^"\\]*)\\\n([^"\\]*)"/g, (broken, before, after) =>
    /\.c?js$/.test(before + after) ? `"${before}${after}"\n` : broken,
  );
}

/** Provides modules from memory; all others are left to `require`. */
function fromMemory(contentsOf, banner) {
  return {
    name: 'from-memory',
    setup(hooks) {
      hooks.onResolve({ filter: /.*/ }, ({ path }) =>
        contentsOf.has(path) ? { path, namespace: MODULES } : { path, external: true },
      );
      hooks.onLoad({ filter: /.*/, namespace: MODULES }, ({ path }) => {
        // The function has a `require` of its own. Positions in the source map stay right.
        const text = contentsOf.get(path).toString('utf8').replace(banner, ' '.repeat(banner.length));
        const map = contentsOf.get(`${path}.map`)?.toString('base64');
        const code = text.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n').replace(DYNAMIC_IMPORT, `${IMPORT_NAME}(`);
        const contents = map === undefined ? code : `${code}//# sourceMappingURL=data:application/json;base64,${map}`;
        return { contents, loader: 'js' };
      });
    },
  };
}
