import { dirname, join, resolve } from 'node:path';
import type { Imported, ImportNote } from './draft/imported.ts';
import { finishDrafts, ProgramDraft, type ReadyDraft } from './draft/program-draft.ts';
import { readShellLine } from './draft/shell-line.ts';

interface ProcfileOptions {
  /** The text of the `.env` beside the Procfile; null where there is none. */
  readonly dotenv: string | null;
}

/** Foreman gives each process type a hundred ports of its own. */
const FIRST_PORT = 5000;
const PORTS_A_PROCESS = 100;
const ENTRY = /^([A-Za-z0-9_-]+):\s*(\S.*?)\s*$/;

/**
 * Converts a Procfile as foreman and Heroku understand it. Programs run in its folder, with its `.env`, and each has a
 * `PORT` of its own.
 */
export function importProcfile(text: string, file: string, { dotenv }: ProcfileOptions): Imported {
  const folder = dirname(resolve(file));
  const firstPort = Number(/^(?:export\s+)?PORT=["']?(\d+)/m.exec(dotenv ?? '')?.[1] ?? FIRST_PORT);
  const notes: ImportNote[] = [];
  const drafts: ReadyDraft[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const place = `${file}:${index + 1}`;
    const [, name, command] = ENTRY.exec(line) ?? [];
    if (name === undefined || command === undefined) {
      notes.push({ weight: 'loss', place, message: 'is no entry, which reads "name: command"; foreman skips it too' });
      continue;
    }
    const port = firstPort + drafts.length * PORTS_A_PROCESS;
    drafts.push({ draft: draftOf(name, command, { place, port, folder, dotenv }), place, isLiteral: true });
  }
  return finishDrafts(drafts, notes);
}

interface EntryContext extends ProcfileOptions {
  readonly place: string;
  readonly port: number;
  readonly folder: string;
}

function draftOf(name: string, line: string, { place, port, folder, dotenv }: EntryContext): ProgramDraft {
  const filled = readShellLine(fillPort(line, port));
  // A line that keeps its shell keeps its variables too.
  const fields = filled.shell === true ? readShellLine(line) : filled;
  const isPath = fields.shell !== true && fields.command.includes('/');
  const command = isPath ? resolve(folder, fields.command) : fields.command;
  const draft = new ProgramDraft(name, { ...fields, command, cwd: folder, env: { PORT: String(port), ...fields.env } });
  if (dotenv !== null) draft.set({ envFile: join(folder, '.env') });
  if (name === 'release') {
    draft.set({ autostart: false, restart: { policy: 'never' } });
    draft.lose(place, `"release" runs once a deploy on Heroku; here "healer start release" runs it`);
  }
  return draft;
}

const PORT_VARIABLE = /'[^']*'|\\[^]|\$PORT\b|\$\{PORT(?::?-[^}]*)?\}/g;

function fillPort(line: string, port: number): string {
  return line.replace(PORT_VARIABLE, (piece) => (piece.startsWith('$') ? String(port) : piece));
}
