import { processSpecSchema } from '../../../protocol/process-spec.ts';
import { parseCron } from '../../reading/cron.ts';
import { escapeReferences } from './escape-references.ts';
import type { Imported, ImportedProgram, ImportNote, SpecDraft } from './imported.ts';
import type { ProgramDraft } from './program-draft.ts';

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
  const fileNotes = [...notes];
  const named = withIds(drafts);
  const kept = named.filter(({ id, draft, place, isLiteral }) => {
    withoutInvalidSchedule(draft, place);
    const problem = draft.problem ?? problemOf(id, specOf(id, draft, isLiteral));
    if (problem === null) return true;
    // What else it would lose does not matter.
    fileNotes.push({ weight: 'loss', place, message: `"${draft.name}" was left out: ${problem}` });
    return false;
  });
  const programs = kept.map(({ id, draft, isLiteral }): ImportedProgram => {
    const dependsOn = dependenciesOf(draft, kept);
    const spec = specOf(id, draft, isLiteral);
    return { id, spec: { ...spec, ...(dependsOn.length > 0 && { dependsOn }) }, notes: draft.notes };
  });
  return { programs, notes: fileNotes };
}

interface NamedDraft extends ReadyDraft {
  readonly id: string;
}

function withIds(drafts: readonly ReadyDraft[]): readonly NamedDraft[] {
  const taken = new Set<string>();
  return drafts.map((ready) => {
    const id = uniqueId(ready.draft.name, taken);
    taken.add(id);
    return { ...ready, id };
  });
}

function specOf(id: string, { name, spec }: ProgramDraft, isLiteral: boolean): SpecDraft {
  const named = id === name ? spec : { ...spec, name: name.slice(0, 256) };
  return inReadingOrder(isLiteral ? escapeReferences(named) : named);
}

/** Other managers accept times that healer rejects. The program is imported all the same. */
function withoutInvalidSchedule(draft: ProgramDraft, place: string): void {
  const { schedule, ...others } = draft.spec;
  if (typeof schedule !== 'string') return;
  const parsed = parseCron(schedule);
  if (parsed.ok) return;
  draft.spec = others;
  draft.lose(place, `the schedule "${schedule}" was left out: ${parsed.problem}`);
}

type Dependency = NonNullable<SpecDraft['dependsOn']>[number];

function dependenciesOf(draft: ProgramDraft, kept: readonly NamedDraft[]): Dependency[] {
  return draft.needs.flatMap(({ name, condition, restart, place }) => {
    const found = kept.filter((other) => other.draft.name === name || other.draft.series === name);
    if (found.length === 0) {
      draft.lose(
        place,
        `it needs "${name}", which was not imported; make sure that it runs before this program starts`,
      );
    }
    return found.flatMap((other): Dependency[] => {
      if (other.draft === draft) return [];
      const isUnchecked = condition === 'healthy' && (other.draft.spec.health ?? null) === null;
      if (isUnchecked) draft.lose(place, `"${name}" has no health check, so this program starts once it is running`);
      const isNeverReady = condition === 'ready' && (other.draft.spec.ready ?? null) === null;
      if (isNeverReady)
        draft.lose(place, `"${name}" does not report when it is ready, so this program starts once it is running`);
      const isEndless = condition === 'completed' && other.draft.spec.restart?.policy === 'always';
      if (isEndless) draft.lose(place, `"${name}" is always restarted, so this program starts once it is running`);
      const usable = isUnchecked || isNeverReady || isEndless ? 'started' : condition;
      if (usable === 'started' && restart !== true) return [other.id];
      return [{ id: other.id, condition: usable, ...(restart === true && { restart }) }];
    });
  });
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
  // In commands, "all" means every program.
  const base = plain === '' ? 'program' : plain === 'all' ? 'all-programs' : plain.slice(0, MAX_ID_LENGTH);
  for (let number = 1; ; number += 1) {
    const suffix = number === 1 ? '' : `-${number}`;
    const id = `${base.slice(0, MAX_ID_LENGTH - suffix.length)}${suffix}`;
    if (!taken.has(id)) return id;
  }
}
