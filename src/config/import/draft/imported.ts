import type { ProcessSpecInput } from '../../../protocol/process-spec.ts';

/** Something of the source that healer.yaml says otherwise or not at all. */
export interface ImportNote {
  /** A `loss` has no equivalent and is told to the user; a `remark` only explains, in a comment of the file. */
  readonly weight: 'loss' | 'remark';
  /** Where it stands: `supervisord.conf:12`, or `ecosystem.config.js: apps[0].watch` where there are no lines. */
  readonly place: string;
  readonly message: string;
}

export type SpecDraft = Omit<ProcessSpecInput, 'id'>;

export interface ImportedProgram {
  readonly id: string;
  readonly spec: SpecDraft;
  readonly notes: readonly ImportNote[];
}

/** What a file of another process manager comes to. */
export interface Imported {
  readonly programs: readonly ImportedProgram[];
  /** Of what belongs to no program. */
  readonly notes: readonly ImportNote[];
}

/** One line for stderr and for comments. */
export function formatNote({ place, message }: ImportNote): string {
  return `${place}: ${message}`;
}
