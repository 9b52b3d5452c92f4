/**
 * Code that a long-running process loads on demand.
 *
 * An upgrade replaces the files of a running engine. What it imports later would be missing, or come from another version.
 * Therefore, all parts that may be loaded later are in one file, and the process opens that file when it starts. An open file
 * stays readable after it was deleted, and costs no memory. The name of the file contains a hash of its content, so that
 * another version never overwrites it.
 *
 * esbuild writes ES modules, which can be loaded from files only. So the parts are converted to CommonJS, which this loader
 * evaluates itself. What the process has loaded at its start is shared with the parts: no module exists twice.
 *
 * In a release, each part is compressed. Most of them are packages, which make up a fifth of what is installed, and few of them are
 * ever loaded in one process.
 */
import { createHash } from 'node:crypto';
import { brotliCompressSync } from 'node:zlib';
import { transform, transformSync } from 'esbuild';
import { startCodeOf } from './start-code.mjs';

/**
 * Longest line of the code, in characters where the syntax permits. Node prints the line in which an uncaught error was thrown
 * before the error itself, which must not disappear behind it.
 */
export const LINE_LIMIT = 200;
const STATIC_IMPORT = /(?:\bfrom|\bimport)\s*"(\.\/[^"]+\.js)"/g;
const DYNAMIC_IMPORT = /\bimport\(\s*"(\.\/[^"]+\.js)"\s*\)/g;
const URL_NAME = 'urlOfThisPart';

/** In bundles: the loader of the parts. */
export const partsExpression = 'globalThis[Symbol.for("healer.parts")]';

/** The loader. It is written into each entry point, so it uses nothing but its arguments. */
/* v8 ignore next */
function holdParts({ node, file, index, isCompressed, shared }) {
  const { openSync, readSync, compileFunction, require, folder, toUrl } = node;
  const descriptor = openSync(`${folder}/${file}`, 'r');
  const modules = new Map(Object.entries(shared).map(([name, exports]) => [name, { exports }]));
  const evaluate = (name, [offset, length]) => {
    const bytes = Buffer.allocUnsafe(length);
    readSync(descriptor, bytes, 0, length, offset);
    const text = isCompressed ? require('node:zlib').brotliDecompressSync(bytes) : bytes;
    const filename = `${folder}/${name.slice(2)}`;
    const module = { exports: {} };
    modules.set(name, module);
    try {
      const run = compileFunction(text.toString('utf8'), ['exports', 'require', 'module', 'urlOfThisPart'], {
        filename,
      });
      run(module.exports, load, module, toUrl(filename).href);
    } catch (error) {
      modules.delete(name);
      throw error;
    }
    return module;
  };
  const load = (name) => {
    if (index[name] === undefined && !modules.has(name)) return require(name);
    return (modules.get(name) ?? evaluate(name, index[name])).exports;
  };
  return { require: load, import: async (name) => load(name) };
}

/**
 * Takes the files of a group and returns them with the parts in one file, and without the files that are only loaded on demand.
 * `packages` are CommonJS files that the group requires. What an entry in `joined` loads at its start becomes one file.
 */
export async function withHeldParts(files, { entries, joined, banner, packages, isCompressed }) {
  const texts = new Map(
    files.filter(({ name }) => name.endsWith('.js')).map((file) => [`./${file.name}`, textOf(file)]),
  );
  const atStart = new Map(entries.map((entry) => [entry, reachableFrom(entry, texts, [STATIC_IMPORT])]));
  const later = new Set();
  for (const [entry, loaded] of atStart) {
    for (const name of reachableFrom(entry, texts, [STATIC_IMPORT, DYNAMIC_IMPORT]))
      if (!loaded.has(name)) later.add(name);
  }
  const parts = [
    ...(await Promise.all([...later].sort().map(async (name) => [name, await toPart(texts.get(name), banner)]))),
    ...packages.map((file) => [`./${file.name}`, textOf(file)]),
  ];
  const pack = packOf(parts, isCompressed);
  const complete = files.map(({ name, contents }) => {
    if (!name.endsWith('.js')) return { name, contents };
    const text = withPartsLoader(texts.get(`./${name}`));
    const loaded = atStart.get(`./${name}`);
    const held = loaded === undefined ? text : withHolder(text, { ...pack, loaded: [...loaded] }, `./${name}`);
    return { name, contents: Buffer.from(held) };
  });
  const apart = [...atStart].filter(([entry]) => !joined.includes(entry)).flatMap(([, names]) => [...names]);
  const kept = complete.filter(({ name }) => apart.includes(`./${name.replace(/\.map$/, '')}`));
  const startFiles = await Promise.all(joined.map((entry) => startCodeOf(entry, complete, banner)));
  return [{ name: pack.file, contents: pack.contents }, ...kept, ...startFiles.flat()];
}

/** Returns the files that entry points load on demand, and what these import. */
export function filesLoadedLater(files, entries) {
  const texts = new Map(
    files.filter(({ name }) => name.endsWith('.js')).map((file) => [`./${file.name}`, textOf(file)]),
  );
  const later = new Set();
  for (const entry of entries) {
    for (const name of reachableFrom(entry, texts, [STATIC_IMPORT])) {
      for (const [, next] of texts.get(name).matchAll(DYNAMIC_IMPORT))
        reachableFrom(next, texts, [STATIC_IMPORT, DYNAMIC_IMPORT], later);
    }
  }
  return files.filter(({ name }) => later.has(`./${name.replace(/\.map$/, '')}`));
}

function textOf({ contents }) {
  return Buffer.from(contents).toString('utf8');
}

function reachableFrom(name, texts, patterns, seen = new Set()) {
  if (seen.has(name) || !texts.has(name)) return seen;
  seen.add(name);
  for (const pattern of patterns) {
    for (const [, next] of texts.get(name).matchAll(pattern)) reachableFrom(next, texts, patterns, seen);
  }
  return seen;
}

async function toPart(text, banner) {
  // The loader passes a `require` of its own.
  const { code } = await transform(text.replace(banner, '').replace(/\n\/\/# sourceMappingURL=.*\s*$/, ''), {
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    charset: 'ascii',
    minifyWhitespace: true,
    lineLimit: LINE_LIMIT,
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': URL_NAME },
    legalComments: 'none',
    logLevel: 'error',
  });
  return code;
}

function packOf(parts, isCompressed) {
  const index = {};
  const chunks = [];
  let offset = 0;
  for (const [name, text] of parts) {
    const heading = Buffer.from(isCompressed ? '' : `// ${name}\n`);
    const bytes = isCompressed ? brotliCompressSync(text) : Buffer.from(text, 'utf8');
    index[name] = [offset + heading.length, bytes.length];
    chunks.push(heading, bytes);
    offset += heading.length + bytes.length;
  }
  const contents = Buffer.concat(chunks);
  const hash = createHash('sha256').update(contents).digest('hex').slice(0, 8).toUpperCase();
  return { file: `parts-${hash}.${isCompressed ? 'br' : 'cjs'}`, contents, index, isCompressed };
}

function withPartsLoader(text) {
  return text.replaceAll(DYNAMIC_IMPORT, (_, name) => `${partsExpression}.import(${JSON.stringify(name)})`);
}

/** The file is opened before the code of the entry point runs, which never ends. */
function withHolder(text, { file, index, isCompressed, loaded }, entry) {
  const shared = loaded.filter((name) => name !== entry);
  const imports = shared.map((name, at) => `import*as healerShared${String(at)} from${JSON.stringify(name)};`).join('');
  const list = shared.map((name, at) => `${JSON.stringify(name)}:healerShared${String(at)}`).join(',');
  const node = `{openSync:healerOpen,readSync:healerRead,compileFunction:healerCompile,require,folder:import.meta.dirname,toUrl:healerToUrl}`;
  const nodeImports =
    'import{openSync as healerOpen,readSync as healerRead}from"node:fs";import{compileFunction as healerCompile}from"node:vm";import{pathToFileURL as healerToUrl}from"node:url";';
  const { code } = transformSync(`(${holdParts.toString()})`, { minifyWhitespace: true });
  const loader = `${partsExpression}=${code.trim().replace(/;$/, '')}({node:${node},file:${JSON.stringify(file)},index:${JSON.stringify(index)},isCompressed:${String(isCompressed)},shared:{${list}}});`;
  // At the end of the banner, in its line, so that the lines of the source map stay right.
  const end = text.indexOf(';', text.indexOf('createRequireForBundle(import.meta.url)')) + 1;
  return `${text.slice(0, end)}${nodeImports}${imports}${loader}${text.slice(end)}`;
}
