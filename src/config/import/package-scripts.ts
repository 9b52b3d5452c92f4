import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { HealerError } from '../../protocol/errors.ts';
import { finishDrafts, type ReadyDraft } from './draft/finish-drafts.ts';
import { folderOf } from './draft/folder-of.ts';
import type { Imported, ImportNote } from './draft/imported.ts';
import { type Fields, fieldsOf, isFields } from './draft/plain-values.ts';
import { ProgramDraft } from './draft/program-draft.ts';
import { readShellLine } from './draft/shell-line.ts';

/** Scripts that keep running, by their names: the first part, or the last one. */
const SERVICE = /^(?:start|serve|server|workers?|scheduler|queue)(?:[:-]|$)|[:-](?:server?|workers?|scheduler|queue)$/;
/** Variants of one program for other occasions. They would run beside it. */
const VARIANT = /[:-](?:dev|develop|development|debug|watch|test|e2e|ci|local|staging|hot|inspect|docker|build)\b/;
const PRODUCTION = /^start[:-]prod(?:uction)?$/;
const DEVELOPMENT = ['dev', 'develop', 'watch'];

/** The package managers by the lock file that each of them writes. */
const LOCK_FILES: readonly (readonly [file: string, command: string])[] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
];

/**
 * Converts the scripts of a package.json that keep running, such as "start" and "worker". The others are named in a note.
 * @throws HealerError INVALID_CONFIG when the file is not JSON
 */
export function importPackageScripts(text: string, file: string): Imported {
  const manifest = parse(text, file);
  const scripts = Object.entries(scriptsOf(manifest));
  const chosen = choose(scripts.map(([name]) => name));
  const folder = folderOf(file);
  const drafts = scripts
    .filter(([name]) => chosen.includes(name))
    .map(([name, line]): ReadyDraft => {
      const hooks = [`pre${name}`, `post${name}`].some((hook) => Object.hasOwn(scriptsOf(manifest), hook));
      const fields = commandOf(name, line, folder, hooks);
      const draft = new ProgramDraft(idOf(name, manifest), { ...fields, cwd: folder });
      return { draft, place: placeOf(file, name), isLiteral: true };
    });
  return finishDrafts(
    drafts,
    leftOut(
      file,
      scripts.map(([name]) => name).filter((name) => !chosen.includes(name)),
    ),
  );
}

function parse(text: string, file: string): Fields {
  try {
    return fieldsOf(JSON.parse(text.replace(/^\uFEFF/, '')));
  } catch (error) {
    const message = `cannot read "${file}": ${error instanceof Error ? error.message : String(error)}`;
    throw new HealerError('INVALID_CONFIG', message, { file });
  }
}

function scriptsOf(manifest: Fields): Readonly<Record<string, string>> {
  const scripts = isFields(manifest['scripts']) ? manifest['scripts'] : {};
  const entries = Object.entries(scripts).flatMap(([name, line]) =>
    typeof line === 'string' && line.trim() !== '' ? [[name, line] as const] : [],
  );
  return Object.fromEntries(entries);
}

/** A server for development is the program of a package only if it has no other one. */
function choose(names: readonly string[]): readonly string[] {
  const hooks = new Set(names.flatMap((name) => [`pre${name}`, `post${name}`]));
  const services = names.filter((name) => SERVICE.test(name) && !VARIANT.test(name) && !hooks.has(name));
  const production = services.filter((name) => PRODUCTION.test(name));
  const chosen = production.length > 0 ? services.filter((name) => name !== 'start') : services;
  if (chosen.length > 0) return chosen;
  return DEVELOPMENT.filter((name) => names.includes(name)).slice(0, 1);
}

/** "start" is the program of the package itself; "start:api" and "api:worker" name what they start. */
function idOf(script: string, manifest: Fields): string {
  const own = typeof manifest['name'] === 'string' ? manifest['name'].replace(/^@[^/]*\//, '') : '';
  if (script === 'start' || PRODUCTION.test(script) || DEVELOPMENT.includes(script)) return own === '' ? 'app' : own;
  return script.replace(/^start[:-]/, '');
}

/** A plain Node program needs no npm in front of it: healer then measures and signals the program itself. */
function commandOf(
  name: string,
  line: string,
  folder: string,
  hasHooks: boolean,
): { readonly command: string; readonly args?: string[]; readonly env?: Record<string, string> } {
  const plain = readShellLine(line);
  if (!hasHooks && plain.shell !== true && plain.command === 'node') return plain;
  const manager = LOCK_FILES.find(([lock]) => existsSync(join(folder, lock)))?.[1] ?? 'npm';
  return { command: manager, args: ['run', name] };
}

function leftOut(file: string, names: readonly string[]): readonly ImportNote[] {
  if (names.length === 0) return [];
  const what = names.length === 1 ? 'script' : 'scripts';
  const message = `${what} ${names.map((name) => `"${name}"`).join(', ')} left out: not programs that keep running`;
  return [{ weight: 'remark', place: basename(file), message }];
}

function placeOf(file: string, name: string): string {
  return `${basename(file)}: scripts.${name}`;
}
