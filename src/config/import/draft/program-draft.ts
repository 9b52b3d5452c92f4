import { processSpecSchema } from '../../../protocol/process-spec.ts';
import { escapeReferences } from './escape-references.ts';
import type { Imported, ImportedProgram, ImportNote, NoteWeight, SpecDraft } from './imported.ts';

type Group = 'restart' | 'stop' | 'limits' | 'logs';

/** A program while it is built from the fields of another format. */
export class ProgramDraft {
  readonly notes: ImportNote[] = [];
  /** Why the command cannot be converted as a whole. Such a program is left out: half a command does something else. */
  problem: string | null = null;
  readonly name: string;
  spec: SpecDraft;

  constructor(name: string, spec: SpecDraft = { command: '' }) {
    this.name = name;
    this.spec = spec;
  }

  set(fields: Partial<SpecDraft>): void {
    this.spec = { ...this.spec, ...fields };
  }

  /** Adds fields to a group, and keeps the group's other fields. */
  extend<G extends Group>(group: G, fields: NonNullable<SpecDraft[G]>): void {
    this.spec = { ...this.spec, [group]: { ...this.spec[group], ...fields } };
  }

  /** Adds a note on something without an equivalent that changes how the program runs. */
  lose(place: string, message: string): void {
    this.note('loss', place, message);
  }

  /** Adds an explanatory note. */
  remark(place: string, message: string): void {
    this.note('remark', place, message);
  }

  note(weight: NoteWeight, place: string, message: string): void {
    this.notes.push({ weight, place, message });
  }
}

/** A finished draft. */
export interface ReadyDraft {
  readonly draft: ProgramDraft;
  /** The place of the program in its file. */
  readonly place: string;
  /** False when `${NAME}` in its texts refers to a variable, so that dollars are not escaped. */
  readonly isLiteral: boolean;
}

/** Assigns unique ids and validates the programs. An invalid program is left out, with a note. */
export function finishDrafts(drafts: readonly ReadyDraft[], notes: readonly ImportNote[]): Imported {
  const programs: ImportedProgram[] = [];
  const fileNotes = [...notes];
  const taken = new Set<string>();
  for (const { draft, place, isLiteral } of drafts) {
    const id = uniqueId(draft.name, taken);
    taken.add(id);
    const named = id === draft.name ? draft.spec : { ...draft.spec, name: draft.name.slice(0, 256) };
    const spec = inReadingOrder(isLiteral ? escapeReferences(named) : named);
    const problem = draft.problem ?? problemOf(id, spec);
    if (problem === null) programs.push({ id, spec, notes: draft.notes });
    else fileNotes.push({ weight: 'loss', place, message: `"${draft.name}" was left out: ${problem}` }, ...draft.notes);
  }
  return { programs, notes: fileNotes };
}

/** Puts the most important fields first. */
function inReadingOrder(spec: SpecDraft): SpecDraft {
  const { name, command, args, shell, cwd, env, envFile, envFileDialect, instances, ...rest } = spec;
  return {
    ...(name !== undefined && { name }),
    command,
    ...(args !== undefined && { args }),
    ...(shell !== undefined && { shell }),
    ...(cwd !== undefined && { cwd }),
    ...(env !== undefined && { env }),
    ...(envFile !== undefined && { envFile }),
    ...(envFileDialect !== undefined && { envFileDialect }),
    ...(instances !== undefined && { instances }),
    ...rest,
  };
}

function problemOf(id: string, spec: SpecDraft): string | null {
  const issue = processSpecSchema.safeParse({ ...spec, id }).error?.issues[0];
  if (issue === undefined) return null;
  return issue.path[0] === 'command' ? 'the command is missing' : `${issue.path.join('.')}: ${issue.message}`;
}

const MAX_ID_LENGTH = 64;

/** Returns the name as an id, with a number appended when the id is taken. */
function uniqueId(name: string, taken: ReadonlySet<string>): string {
  const plain = name.replace(/[^A-Za-z0-9._@-]+/g, '-').replace(/^[^A-Za-z0-9]+|-+$/g, '');
  // "all" stands for every program in commands.
  const base = plain === '' ? 'program' : plain === 'all' ? 'all-programs' : plain.slice(0, MAX_ID_LENGTH);
  for (let number = 1; ; number += 1) {
    const suffix = number === 1 ? '' : `-${number}`;
    const id = `${base.slice(0, MAX_ID_LENGTH - suffix.length)}${suffix}`;
    if (!taken.has(id)) return id;
  }
}
