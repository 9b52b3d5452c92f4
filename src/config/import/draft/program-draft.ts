import { processSpecSchema } from '../../../protocol/process-spec.ts';
import { escapeReferences } from './escape-references.ts';
import type { Imported, ImportedProgram, ImportNote, SpecDraft } from './imported.ts';

type Group = 'restart' | 'stop' | 'limits' | 'logs';

/** A program while it is put together from the fields of a foreign file. */
export class ProgramDraft {
  readonly notes: ImportNote[] = [];
  readonly name: string;
  spec: SpecDraft;

  constructor(name: string, spec: SpecDraft = { command: '' }) {
    this.name = name;
    this.spec = spec;
  }

  set(fields: Partial<SpecDraft>): void {
    this.spec = { ...this.spec, ...fields };
  }

  /** Adds to one of the groups of fields, and keeps what the group says already. */
  extend<G extends Group>(group: G, fields: NonNullable<SpecDraft[G]>): void {
    this.spec = { ...this.spec, [group]: { ...this.spec[group], ...fields } };
  }

  lose(place: string, message: string): void {
    this.notes.push({ weight: 'loss', place, message });
  }

  remark(place: string, message: string): void {
    this.notes.push({ weight: 'remark', place, message });
  }
}

export interface ReadyDraft {
  readonly draft: ProgramDraft;
  /** Where the program stands in its file. */
  readonly place: string;
  /** False where `${NAME}` in its texts is a reference on purpose. */
  readonly isLiteral: boolean;
}

/** Gives each program its id and holds it to the schema; one that does not fit is left out, and said to be. */
export function finishDrafts(drafts: readonly ReadyDraft[], notes: readonly ImportNote[]): Imported {
  const programs: ImportedProgram[] = [];
  const fileNotes = [...notes];
  const taken = new Set<string>();
  for (const { draft, place, isLiteral } of drafts) {
    const id = uniqueId(draft.name, taken);
    taken.add(id);
    const named = id === draft.name ? draft.spec : { ...draft.spec, name: draft.name.slice(0, 256) };
    const spec = inReadingOrder(isLiteral ? escapeReferences(named) : named);
    const problem = problemOf(id, spec);
    if (problem === null) programs.push({ id, spec, notes: draft.notes });
    else fileNotes.push({ weight: 'loss', place, message: `"${draft.name}" is left out: ${problem}` }, ...draft.notes);
  }
  return { programs, notes: fileNotes };
}

/** What a person looks for first comes first. */
function inReadingOrder(spec: SpecDraft): SpecDraft {
  const { name, command, args, shell, cwd, env, envFile, instances, ...rest } = spec;
  return {
    ...(name !== undefined && { name }),
    command,
    ...(args !== undefined && { args }),
    ...(shell !== undefined && { shell }),
    ...(cwd !== undefined && { cwd }),
    ...(env !== undefined && { env }),
    ...(envFile !== undefined && { envFile }),
    ...(instances !== undefined && { instances }),
    ...rest,
  };
}

function problemOf(id: string, spec: SpecDraft): string | null {
  const issue = processSpecSchema.safeParse({ ...spec, id }).error?.issues[0];
  if (issue === undefined) return null;
  return issue.path[0] === 'command' ? 'it has no command' : `${issue.path.join('.')}: ${issue.message}`;
}

const LONGEST_ID = 64;

/** The name as an id; of two alike, the later one gets a number. */
function uniqueId(name: string, taken: ReadonlySet<string>): string {
  const plain = name.replace(/[^A-Za-z0-9._@-]+/g, '-').replace(/^[^A-Za-z0-9]+|-+$/g, '');
  const base = plain === '' ? 'program' : plain.slice(0, LONGEST_ID);
  for (let number = 1; ; number += 1) {
    const suffix = number === 1 ? '' : `-${number}`;
    const id = `${base.slice(0, LONGEST_ID - suffix.length)}${suffix}`;
    if (!taken.has(id)) return id;
  }
}
