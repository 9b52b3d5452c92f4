/**
 * The check of the version of Node. It must run on a Node that is too old, so it uses no recent syntax, and is evaluated before
 * code that such a Node cannot parse.
 */
const TOO_OLD = 'v[0]<20||v[0]==20&&v[1]<19';
const SENTENCE =
  '"healer requires Node 20.19 or later, but this is Node "+process.versions.node+" ("+process.execPath+"): install a newer one, for example from https://nodejs.org"';

/**
 * Loading code needs descriptors and files, so their lack cannot be left to code that is loaded. Files are missing for a moment while a
 * package manager replaces them. Other errors are reported by Node.
 */
const CANNOT_LOAD =
  'function(e){var m;' +
  'if(e.code=="EMFILE"||e.code=="ENFILE")m="no file descriptor is free to load healer ("+e.code+"): raise the limit, for example with \\"ulimit -n 1024\\", and run the command again";' +
  'else if(e.code=="ERR_MODULE_NOT_FOUND"||e.code=="MODULE_NOT_FOUND"||e.code=="ENOENT")m="a file of healer is missing ("+(String(e.message).split("\'")[1]||e.message)+"): if healer is being upgraded, run the command again; otherwise reinstall it";' +
  'else throw e;' +
  'process.stderr.write("healer: "+m+"\\n");process.exit(1)}';

const CHECK = 'var v=process.versions.node.split(".").map(Number);';
const REFUSE = `if(${TOO_OLD}){process.stderr.write(${SENTENCE}+"\\n");process.exit(1)}`;

/**
 * Returns the file that checks the version, and then runs a bundle. `names` are what the bundle exports to importers;
 * `isCompiled` says that start-code.cjs evaluates it.
 */
export function programText(entry, { names = [], isCompiled = false, ownBundles = {} } = {}) {
  const load = isCompiled
    ? compiledBundle(entry, {
        require: 'process.getBuiltinModule("module").createRequire(import.meta.url)',
        url: 'import.meta.url',
        ownBundles,
      })
    : `import("./${entry}-main.js")`;
  if (names.length === 0) return `#!/usr/bin/env node\n${CHECK}${REFUSE}${load}.catch(${CANNOT_LOAD});\n`;
  const functions = names.map(
    (name) => `export function ${name}(a){return bundle.then(function(b){return b.${name}(a)})}`,
  );
  return `#!/usr/bin/env node\n${CHECK}${REFUSE}var bundle=${load};bundle.catch(${CANNOT_LOAD});${functions.join('')}\n`;
}

/** Returns the same as a CommonJS module: Node runs it without its loader of ES modules, which takes a sixth of a short command. */
export function commonJsProgramText(entry, { ownBundles = {} } = {}) {
  const load = compiledBundle(entry, {
    require: 'require',
    url: 'require("url").pathToFileURL(__filename)',
    ownBundles,
  });
  return `#!/usr/bin/env node\n${CHECK}${REFUSE}${load}.catch(${CANNOT_LOAD});\n`;
}

/** As ES modules, Node's own modules take long to load, so nothing is imported. `finished` is what a bundle exports that runs by itself. */
function compiledBundle(entry, { require, url, ownBundles }) {
  const load = `${require}("./start-code.cjs").loadStartCode(new URL("./${entry}-main.js",${url}).href)`;
  const usual = `Promise.resolve().then(function(){return ${load}}).then(function(b){return b.finished||b})`;
  return Object.entries(ownBundles).reduce(
    (others, [word, bundle]) =>
      `(process.argv.length==3&&process.argv[2]==${JSON.stringify(word)}?import(${JSON.stringify(`./${bundle}.js`)}):${others})`,
    usual,
  );
}

/** The code that a library evaluates first, in one line. */
export const LIBRARY_CHECK = `{const v=process.versions.node.split(".").map(Number);if(${TOO_OLD})throw new Error(${SENTENCE})}`;

/** Returns the CommonJS form of a library: Node 20.19 and later can require ES modules. */
export function commonJsText(entry) {
  return `"use strict";${LIBRARY_CHECK}module.exports=require("./${entry}.js");\n`;
}
