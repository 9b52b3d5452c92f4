import type { ProcessSpecInput } from '../../../protocol/process-spec.ts';

/** A note on a part of the source that healer.yaml expresses differently or not at all. */
export interface ImportNote {
  /** A `loss` has no equivalent and is reported to the user; a `remark` is only a comment in the generated file. */
  readonly weight: 'loss' | 'remark';
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
export function formatNote({ place, message }: ImportNote): string {
  return `${place}: ${message}`;
}
