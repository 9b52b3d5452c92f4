import type { ProcessSpecInput } from '../../../protocol/process-spec.ts';

/**
 * How much a note matters. A `loss` changes how a program runs. `minor` has no equivalent, but programs run as before. Both are
 * reported to the user and are comments in the generated file. A `remark` is only a comment, and a `detail` is only in the
 * JSON output.
 */
export type NoteWeight = 'loss' | 'minor' | 'remark' | 'detail';

/** A note on a part of the source that healer.yaml expresses differently or not at all. */
export interface ImportNote {
  readonly weight: NoteWeight;
  /** `supervisord.conf:12`, or `ecosystem.config.js: apps[0].watch` when there are no line numbers. */
  readonly place: string;
  readonly message: string;
}

/** A program definition without its id, with `restart` as a map. */
export type SpecDraft = Omit<ProcessSpecInput, 'id' | 'restart'> & {
  restart?: Exclude<ProcessSpecInput['restart'], string>;
};

/** A converted program. */
export interface ImportedProgram {
  readonly id: string;
  readonly spec: SpecDraft;
  readonly notes: readonly ImportNote[];
}

/** The result of converting a file of another process manager. */
export interface Imported {
  readonly programs: readonly ImportedProgram[];
  /** Notes that do not belong to a program. */
  readonly notes: readonly ImportNote[];
}

/** Returns a note as one line for stderr and comments. */
export function formatNote({ place, message }: Omit<ImportNote, 'weight'>): string {
  return `${place}: ${message}`;
}
