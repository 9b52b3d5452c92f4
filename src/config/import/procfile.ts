import { join, resolve } from 'node:path';
import { parseForemanEnv } from '../../base/env-dialects.ts';
import { folderOf } from './draft/folder-of.ts';
import type { Imported, ImportNote } from './draft/imported.ts';
import { finishDrafts, type ReadyDraft } from './draft/finish-drafts.ts';
import { ProgramDraft } from './draft/program-draft.ts';
import { readShellLine } from './draft/shell-line.ts';

interface ProcfileOptions {
  /** The content of the `.env` file next to the Procfile; null when there is none. */
  readonly dotenv: string | null;
}

/** Foreman assigns a range of 100 ports to each process type. */
const FIRST_PORT = 5000;
const PORTS_PER_PROCESS = 100;
const ENTRY = /^([A-Za-z0-9_-]+):\s*(\S.*?)\s*$/;

/**
 * Converts a Procfile of foreman or Heroku. Programs run in its folder with its `.env` file, and each gets its own
 * `PORT`. A stop needs no settings: like Heroku, healer waits 30 s, and foreman also sends SIGTERM to the processes that it started itself, not to their children.
 */
export function importProcfile(text: string, file: string, { dotenv }: ProcfileOptions): Imported {
  const folder = folderOf(file);
  const firstPort = Number(/^\d+$/.exec(parseForemanEnv(dotenv ?? '')['PORT'] ?? '')?.[0] ?? FIRST_PORT);
  const notes: ImportNote[] = [];
  const drafts: ReadyDraft[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const place = `${file}:${index + 1}`;
    const [, name, command] = ENTRY.exec(line) ?? [];
    if (name === undefined || command === undefined) {
      notes.push({ weight: 'loss', place, message: 'not an entry of the form "name: command"; foreman skips it too' });
      continue;
    }
    const port = firstPort + drafts.length * PORTS_PER_PROCESS;
    drafts.push({ draft: draftOf(name, command, { place, port, folder, dotenv }), place, isLiteral: true });
  }
  if (dotenv !== null && /^\s*export\s/m.test(dotenv)) notes.push({ weight: 'loss', place: '.env', message: EXPORTS });
  return finishDrafts(drafts, notes);
}

const EXPORTS = 'foreman ignores lines with "export"; if another program read this file, set "envFileDialect: dotenv"';

interface EntryContext extends ProcfileOptions {
  readonly place: string;
  readonly port: number;
  readonly folder: string;
}

function draftOf(name: string, line: string, { place, port, folder, dotenv }: EntryContext): ProgramDraft {
  const filled = readShellLine(fillPort(line, port));
  // A line that needs a shell keeps its variables.
  const fields = filled.shell === true ? readShellLine(line) : filled;
  const isPath = fields.shell !== true && fields.command.includes('/');
  const command = isPath ? resolve(folder, fields.command) : fields.command;
  const draft = new ProgramDraft(name, { ...fields, command, cwd: folder, env: { PORT: String(port), ...fields.env } });
  if (dotenv !== null) draft.set({ envFile: join(folder, '.env'), envFileDialect: 'foreman' });
  if (name === 'release') {
    draft.set({ autostart: false, restart: { policy: 'never' } });
    draft.lose(place, `Heroku runs "release" once per deploy; run it with "healer start release"`);
  }
  return draft;
}

const PORT_VARIABLE = /'[^']*'|\\[^]|\$PORT\b|\$\{PORT(?::?-[^}]*)?\}/g;

function fillPort(line: string, port: number): string {
  return line.replace(PORT_VARIABLE, (piece) => (piece.startsWith('$') ? String(port) : piece));
}
