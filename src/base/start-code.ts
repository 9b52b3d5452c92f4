import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import { currentFolder } from './current-folder.ts';
import { whoCanReplace } from './other-writers.ts';

/** The code that a process starts with, and where V8 keeps its compiled form. */
export interface StartCode {
  readonly script: Script;
  /** The bytes of the code. */
  readonly text: Buffer;
  /** The file in the user's state folder for the compiled form; null without such a folder. */
  readonly ownFile: string | null;
  /** Whether the compiled form was found and used. */
  readonly isCompiled: boolean;
}

/** Where a process finds how it was loaded. */
const START_CODE = Symbol.for('healer.startCode');

/** Returns how this process was loaded, or the last code that was loaded in it; undefined if none was loaded here. */
export function ownStartCode(): StartCode | undefined {
  return (globalThis as { [START_CODE]?: StartCode })[START_CODE];
}

type Main = (
  exports: object,
  require: NodeJS.Require,
  url: string,
  importBeside: (specifier: string) => Promise<object>,
) => void;

/**
 * Evaluates the code that a process starts with, and returns what it exports. V8 compiles it lazily, which takes a third of the
 * start; its compiled form is therefore kept in a file, beside the code or in the state folder of the user. The code loads Node's
 * own modules with `require`: as ES modules, each of them would be wrapped, which takes as long as all of the code.
 * @param url the URL of the file with the code, which is a function in parentheses
 */
export function loadStartCode(url: string, env: NodeJS.ProcessEnv = process.env): object {
  const path = fileURLToPath(url);
  const text = readFileSync(path);
  const name = nodeAndOptions(env);
  const ownFile = ownFileOf(env, path, name);
  const compiled = compile(text, path, [`${path}.${name}.bin`, ...(ownFile === null ? [] : [ownFile])]);
  Object.assign(globalThis, { [START_CODE]: { ...compiled, text, ownFile } satisfies StartCode });
  const exports = {};
  const importBeside = (specifier: string): Promise<object> => import(new URL(specifier, url).href) as Promise<object>;
  (compiled.script.runInThisContext() as Main)(exports, requireWithDelay(url), url, importBeside);
  return exports;
}

/** Modules of Node that are slow to load, and that many processes need late or never. */
const LATER: ReadonlySet<string> = new Set([
  'node:child_process',
  'node:fs/promises',
  'node:http',
  'node:timers/promises',
]);

/** Returns a `require` that loads some modules only when they are used. */
function requireWithDelay(url: string): NodeJS.Require {
  const require = createRequire(url);
  const later = new Map<string, object>();
  const delayed = (name: string): object => {
    let loaded: Record<PropertyKey, unknown> | undefined;
    const load = (): Record<PropertyKey, unknown> => (loaded ??= require(name) as Record<PropertyKey, unknown>);
    return new Proxy({}, { get: (_, key) => load()[key] });
  };
  const find = (name: string): unknown => {
    if (!LATER.has(name)) return require(name);
    const module = later.get(name) ?? delayed(name);
    later.set(name, module);
    return module;
  };
  return Object.assign(find, require);
}

function compile(text: Buffer, filename: string, files: readonly string[]): Pick<StartCode, 'script' | 'isCompiled'> {
  const source = text.toString('latin1');
  for (const file of files) {
    const cachedData = readCompiled(file, text);
    if (cachedData === null) continue;
    const script = new Script(source, { filename, cachedData });
    if (script.cachedDataRejected !== true) return { script, isCompiled: true };
  }
  return { script: new Script(source, { filename }), isCompiled: false };
}

/**
 * Returns the content of a file for a compiled form: the code, and its compiled form twice. V8 would use the form of another
 * code of the same length, and a damaged one, which ends the process. Comparing bytes takes a tenth of the time to load Node's crypto.
 */
export function contentOf(text: Buffer, compiled: Buffer): Buffer {
  return Buffer.concat([text, compiled, compiled]);
}

/** Returns the compiled form in a file; null if it is missing, damaged, for other code, or if another user can replace it. */
function readCompiled(file: string, text: Buffer): Buffer | null {
  try {
    if (whoCanReplace(file) !== null) return null;
    const content = readFileSync(file);
    const middle = (content.length + text.length) / 2;
    const compiled = content.subarray(text.length, middle);
    const isWhole = content.subarray(0, text.length).equals(text) && compiled.equals(content.subarray(middle));
    return isWhole ? compiled : null;
  } catch {
    return null;
  }
}

/** Names what a compiled form is valid for besides the code. V8 itself refuses any other. */
function nodeAndOptions({ NODE_OPTIONS = '' }: NodeJS.ProcessEnv): string {
  let hash = 0;
  for (const letter of [...process.execArgv, NODE_OPTIONS].join(' ')) hash = (hash * 31 + letter.charCodeAt(0)) | 0;
  return `${process.version}-${process.arch}-${(hash >>> 0).toString(36)}`;
}

/** Returns the file in the state folder of the user; no instance has a name that begins with a dot. */
function ownFileOf(env: NodeJS.ProcessEnv, path: string, name: string): string | null {
  const folder = stateFolderOf(env);
  const program = path.slice(path.lastIndexOf('/') + 1).replace(/(?:-main)?\.js$/, '');
  return folder === null ? null : join(folder, '.code', `${program}-${name}.bin`);
}

/** Nothing of `src/config` is loaded here, because this file decides how that is compiled. */
function stateFolderOf({ HEALER_HOME: own, XDG_STATE_HOME: state, HOME: home }: NodeJS.ProcessEnv): string | null {
  // The current folder may have been deleted; the command reports that.
  if (own !== undefined && own !== '')
    return isAbsolute(own) || currentFolder() !== null ? resolve(own, 'state') : null;
  if (state?.startsWith('/') === true) return join(state, 'healer');
  return home?.startsWith('/') === true ? join(home, '.local/state/healer') : null;
}
