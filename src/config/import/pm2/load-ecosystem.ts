import { spawn } from 'node:child_process';
import { dirname, extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import JSON5 from 'json5';
import { parse as parseYaml } from 'yaml';
import { HealerError } from '../../../protocol/errors.ts';
import { absolutePath } from '../draft/folder-of.ts';
import { DOTENV_STAND_IN } from './dotenv-stand-in.ts';

const YAML = new Set(['.yaml', '.yml']);
/** Only files that say so by their name are executed. */
const SCRIPTS = new Set(['.js', '.cjs', '.mjs']);

/** Long enough to read secrets from a vault, but not to wait for terminal input. */
const TIME_LIMIT_MS = 10_000;

/**
 * The code of the child process. Values that JSON cannot represent are sent as text, so that notes can quote them. The CommonJS names are globals, for
 * files that use `module.exports` in a project of ES modules.
 */
const LOADER = `
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
${DOTENV_STAND_IN}
const file = fileURLToPath(process.argv[1]);
Object.assign(globalThis, { module: { exports: {} }, require: createRequire(file), __filename: file, __dirname: process.cwd() });
const read = () => createRequire(file)(file);
const load = async () => {
  try {
    return await read();
  } catch (error) {
    if (!['ERR_REQUIRE_ESM', 'ERR_REQUIRE_ASYNC_MODULE', 'ERR_MODULE_NOT_FOUND'].includes(error?.code)) throw error;
    registerDotenv();
    return import(process.argv[1]);
  }
};
const loaded = await load();
const exported = Object.keys(loaded ?? {}).length > 0 ? (loaded.default ?? loaded) : (loaded?.call ? loaded : module.exports);
const config = typeof exported === 'function' ? await exported() : exported;
const plain = (key, value) => ['function', 'bigint'].includes(typeof value) || value instanceof RegExp ? String(value) : value;
process.send(JSON.stringify(config, plain) ?? 'null', () => process.exit(0));
`;

/** Returns whether importing this file executes it. */
export function isScript(file: string): boolean {
  return SCRIPTS.has(extname(file).toLowerCase());
}

/**
 * Reads a PM2 ecosystem file. A file with the extension of JavaScript is executed in a separate process with a time limit of
 * 10 s; every other file is data.
 * @param text the content of the file
 * @throws HealerError INVALID_CONFIG with the reason
 */
export async function loadEcosystem(file: string, text: string): Promise<unknown> {
  const extension = extname(file).toLowerCase();
  if (extension === '.ts') throw unreadable(file, 'it is TypeScript; compile it to .cjs or .mjs first');
  if (SCRIPTS.has(extension)) return evaluate(file);
  return parseEcosystem(text, file);
}

/** Parses the text of an ecosystem file that is data: YAML, or JSON in its relaxed form. @throws HealerError INVALID_CONFIG */
export function parseEcosystem(text: string, file: string): unknown {
  if (text.trim() === '') throw unreadable(file, 'it is empty');
  try {
    // Unlike YAML 1.2, PM2's parser supports "<<".
    if (YAML.has(extname(file).toLowerCase())) return parseYaml(text, { merge: true }) as unknown;
    return parseJson(text);
  } catch (error) {
    throw unreadable(file, messageOf(error));
  }
}

/** PM2 evaluates JSON files as JavaScript, so they contain comments, trailing commas and keys without quotes. */
function parseJson(text: string): unknown {
  try {
    return JSON5.parse(text);
  } catch (error) {
    const parsed = parseYamlText(text);
    if (typeof parsed === 'object' && parsed !== null) return parsed;
    if (!/^\s*(?:[{[]|\/[/*])/.test(text)) throw new Error(NO_DATA, { cause: error });
    const [, problem = '', line, column] = /^JSON5: (.*) at (\d+):(\d+)$/.exec(messageOf(error)) ?? [];
    throw line === undefined
      ? error
      : new Error(`line ${line}, column ${String(column)}: ${problem}`, { cause: error });
  }
}

const NO_DATA = 'it is neither JSON nor YAML, and is not executed; rename it to .cjs or .mjs if it is JavaScript';

function parseYamlText(text: string): unknown {
  try {
    return parseYaml(text) as unknown;
  } catch {
    return null;
  }
}

async function evaluate(file: string): Promise<unknown> {
  const path = absolutePath(file);
  const child = spawn(process.execPath, ['--input-type=module', '--eval', LOADER, pathToFileURL(path).href], {
    cwd: dirname(path),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    timeout: TIME_LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  let answer: unknown;
  let printed = '';
  child.once('message', (message) => (answer = message));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const signal = await new Promise<NodeJS.Signals | null>((settle, reject) => {
    child.once('error', reject);
    child.once('close', (_code, endedBy) => settle(endedBy));
  });
  if (typeof answer === 'string') return JSON.parse(answer) as unknown;
  const why = signal === 'SIGKILL' ? `it did not exit within ${TIME_LIMIT_MS / 1000} s` : errorIn(printed);
  throw unreadable(file, why);
}

/** Finds the error in Node's output, which prints the place and the source line first. */
function errorIn(printed: string): string {
  const lines = printed.split('\n').map((line) => line.trim());
  const error =
    lines.find((line) => /^(?:\w*Error\b|Uncaught)/.test(line)) ??
    lines.find((line) => line !== '') ??
    'it exited before it was loaded';
  const isPackage = /Cannot find (?:module|package) '[^./]/.test(error);
  return isPackage ? `${error} — install the packages of its project (npm install), then import again` : error;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '').replace(/:$/, '') : String(error);
}

function unreadable(file: string, why: string): HealerError {
  return new HealerError('INVALID_CONFIG', `cannot load "${file}": ${why}`, { file });
}
