import { extname, isAbsolute, join, relative, resolve } from 'node:path';
import { homeOf } from '../../instance/paths.ts';
import { isFolder, modeOfFile, realPath } from '../draft/file-mode.ts';
import type { ProgramDraft } from '../draft/program-draft.ts';
import type { SpecDraft } from '../draft/imported.ts';
import { readShellLine } from '../draft/shell-line.ts';
import { splitWords } from '../../../base/split-words.ts';
import type { App } from './ecosystem-app.ts';
import { textOf } from '../draft/text-of.ts';

/** PM2's default interpreters, except "python", which is Python 2 or missing on many machines. */
const INTERPRETERS: Readonly<Record<string, string>> = {
  '.js': 'node',
  '.cjs': 'node',
  '.mjs': 'node',
  '.sh': 'bash',
  '.py': 'python3',
  '.rb': 'ruby',
  '.php': 'php',
  '.pl': 'perl',
  '.coffee': 'coffee',
  '.ls': 'lsc',
  '.ts': 'bun',
  '.tsx': 'bun',
};

interface ScriptContext {
  readonly cwd: string;
  /** Whether the script is always a path, and never a line for a shell. */
  readonly isPath: boolean;
  readonly place: string;
}

const WINDOWS_PATH = /^"?[A-Za-z]:[\\/]/;

/** Converts the script, the interpreter and the arguments of both to a command. */
export function convertScript(app: App, { cwd, isPath, place }: ScriptContext, draft: ProgramDraft): SpecDraft {
  const script = typeof app['script'] === 'string' ? app['script'].trim() : '';
  const words = (key: string): string[] => readWords(app[key], `${place}.${key}`, draft);
  const args = words('args');
  const ownArgs = words('node_args');
  if (script === 'serve') draft.problem = '"serve" is a file server built into PM2; use a program such as "npx serve"';
  if (WINDOWS_PATH.test(script) || WINDOWS_PATH.test(textOf(app['cwd'])))
    draft.problem = 'its path is one of Windows; change it to the path on this machine';
  if (!isPath && /\s/.test(script) && modeOf(script, cwd) === null) return throughShell(script, args, draft, place);
  const asked = typeof app['exec_interpreter'] === 'string' ? app['exec_interpreter'] : null;
  const usual = isNodeOnly(app) ? 'node' : interpreterOf(script, cwd);
  const interpreter = asked === null ? usual : pathOf(nameOf(asked, draft, place), cwd);
  if (interpreter !== null && script !== '')
    return { command: interpreter, args: [...ownArgs, insideOf(cwd, script), ...args] };
  if (ownArgs.length > 0) draft.lose(`${place}.node_args`, `were left out: "${script}" runs without an interpreter`);
  return { command: isFile(script, cwd) ? resolve(cwd, script) : script, ...(args.length > 0 && { args }) };
}

/** Returns a script in the working directory as a relative path, so that the project can be moved. */
function insideOf(cwd: string, script: string): string {
  if (!isAbsolute(script)) return script;
  const folder = [cwd, realPath(cwd)].find((path) => script.startsWith(`${path}/`));
  return folder === undefined ? script : relative(folder, script);
}

/** PM2 runs a script that contains spaces in bash, and ignores its `args`. */
function throughShell(script: string, args: readonly string[], draft: ProgramDraft, place: string): SpecDraft {
  if (args.length > 0) draft.lose(`${place}.args`, 'were left out: PM2 ignores them when the script contains blanks');
  return readShellLine(script);
}

function nameOf(asked: string, draft: ProgramDraft, place: string): string | null {
  if (asked === 'none') return null;
  const [, name, version] = /^(node)@(\S+)$/.exec(asked) ?? [];
  if (name === undefined || version === undefined) return asked;
  const path = join(
    process.env['NVM_DIR'] ?? join(homeOf(process.env), '.nvm'),
    'versions/node',
    `v${version}`,
    'bin/node',
  );
  // PM2 would install a missing version with nvm.
  if (modeOfFile(path) === null)
    draft.lose(`${place}.interpreter`, `install this version before the start: nvm install ${version}`);
  return path;
}

function pathOf(interpreter: string | null, cwd: string): string | null {
  return interpreter?.includes('/') === true ? resolve(cwd, interpreter) : interpreter;
}

/** Cluster mode loads the script into Node, whatever its name is. */
function isNodeOnly({ exec_mode: mode }: App): boolean {
  return typeof mode === 'string' && mode.startsWith('cluster');
}

/** Returns null when the script is executed directly. */
function interpreterOf(script: string, cwd: string): string | null {
  const known = INTERPRETERS[extname(script)];
  if (known !== undefined) return known;
  // For a folder, Node runs its index.js.
  if (script.endsWith('/') || isFolder(resolve(cwd, script))) return 'node';
  const mode = modeOf(script, cwd);
  return mode === null || (mode & 0o111) !== 0 ? null : 'node';
}

function modeOf(script: string, cwd: string): number | null {
  return modeOfFile(resolve(cwd, script));
}

/** A bare name that is not a file here is searched for in PATH. */
function isFile(script: string, cwd: string): boolean {
  return script.includes('/') || modeOf(script, cwd) !== null;
}

function readWords(value: unknown, place: string, draft: ProgramDraft): string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.map(textOf);
  if (typeof value !== 'string') return [textOf(value)];
  const { words, problem } = splitWords(value);
  if (problem === null) return words.map(({ text }) => text);
  draft.problem = `${place.slice(place.lastIndexOf('.') + 1)}: ${problem.message} (column ${problem.column})`;
  return [];
}
