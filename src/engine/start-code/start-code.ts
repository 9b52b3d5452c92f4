import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { cachedDataVersionTag } from 'node:v8';
import { Script } from 'node:vm';
import { whoCanReplace } from '../../base/other-writers.ts';

/** The code that an engine starts with, and what V8 needs to know to keep its compiled form. */
export interface StartCode {
  readonly script: Script;
  /** What the compiled form is valid for: this text, this version of Node, and its options. */
  readonly key: string;
  /** The file in the user's state folder for the compiled form; null without such a folder. */
  readonly ownFile: string | null;
  /** Whether the compiled form was found and used. */
  readonly isCompiled: boolean;
}

/** Where the engine finds how it was loaded. */
const START_CODE = Symbol.for('healer.startCode');

/** Returns how this process was loaded; undefined if its code was not loaded here. */
export function ownStartCode(): StartCode | undefined {
  return (globalThis as { [START_CODE]?: StartCode })[START_CODE];
}

const DIGEST_BYTES = 32;

type Main = (exports: object, require: NodeJS.Require, url: string) => void;

/**
 * Evaluates the code that an engine starts with, and returns what it exports. V8 compiles it lazily, which takes a third of the
 * start; its compiled form is therefore kept in a file, beside the code or in the state folder of the user.
 * @param url the URL of the file with the code, which is a function in parentheses
 */
export function loadStartCode(url: string, env: NodeJS.ProcessEnv = process.env): object {
  const path = fileURLToPath(url);
  const text = readFileSync(path, 'latin1');
  const tag = cachedDataVersionTag().toString(16);
  const key = keyOf(text, tag);
  const ownFile = ownFileOf(env, tag);
  const code = compile(text, path, key, [besideCode(path, tag), ...(ownFile === null ? [] : [ownFile])]);
  Object.assign(globalThis, { [START_CODE]: { ...code, key, ownFile } satisfies StartCode });
  const exports = {};
  (code.script.runInThisContext() as Main)(exports, createRequire(url), url);
  return exports;
}

function compile(
  text: string,
  filename: string,
  key: string,
  files: readonly string[],
): Pick<StartCode, 'script' | 'isCompiled'> {
  for (const file of files) {
    const cachedData = readCompiled(file, key);
    if (cachedData === null) continue;
    const script = new Script(text, { filename, cachedData });
    if (script.cachedDataRejected !== true) return { script, isCompiled: true };
  }
  return { script: new Script(text, { filename }), isCompiled: false };
}

/** Keeps the compiled form of a file beside it, for the version and the options of this Node. For builds. */
export function keepBesideCode(path: string): void {
  const file = besideCode(path, cachedDataVersionTag().toString(16));
  loadStartCode(pathToFileURL(path).href, {});
  const code = ownStartCode();
  if (code?.isCompiled !== false) return;
  writeFileSync(file, withDigest(code.script.createCachedData(), code.key), { mode: 0o644 });
}

function keyOf(text: string, tag: string): string {
  return createHash('sha256').update(text, 'latin1').update(tag).digest('hex');
}

/** Returns the compiled form in a file; null if it is missing, damaged, for other code, or if another user can replace it. */
function readCompiled(file: string, key: string): Buffer | null {
  try {
    if (whoCanReplace(file) !== null) return null;
    const content = readFileSync(file);
    const compiled = content.subarray(DIGEST_BYTES);
    return digestOf(compiled, key).equals(content.subarray(0, DIGEST_BYTES)) ? compiled : null;
  } catch {
    return null;
  }
}

/** Returns the content of a file with a compiled form. */
export function withDigest(compiled: Buffer, key: string): Buffer {
  return Buffer.concat([digestOf(compiled, key), compiled]);
}

function digestOf(compiled: Buffer, key: string): Buffer {
  return createHash('sha256').update(key).update(compiled).digest();
}

/** Returns the file in which a build puts the compiled form. */
function besideCode(path: string, tag: string): string {
  return `${path}.${tag}.bin`;
}

/** Returns the file in the state folder of the user; no instance has a name that begins with a dot. */
function ownFileOf(env: NodeJS.ProcessEnv, tag: string): string | null {
  const folder = stateFolderOf(env);
  return folder === null ? null : join(folder, '.code', `engine-${tag}.bin`);
}

/** Nothing of `src/config` is loaded here, because this file decides how that is compiled. */
function stateFolderOf({ HEALER_HOME: own, XDG_STATE_HOME: state, HOME: home }: NodeJS.ProcessEnv): string | null {
  if (own !== undefined && own !== '') return resolve(own, 'state');
  if (state?.startsWith('/') === true) return join(state, 'healer');
  return home?.startsWith('/') === true ? join(home, '.local/state/healer') : null;
}
