import type { ImportNote, NoteWeight, SpecDraft } from './imported.ts';

type Group = 'restart' | 'stop' | 'limits' | 'logs' | 'rlimits';

/** A program that must be in a state before another one starts, by its name in the file. */
export interface Need {
  readonly name: string;
  readonly condition: 'started' | 'ready' | 'healthy' | 'completed';
  readonly restart?: boolean;
  readonly place: string;
}

/** A program while it is built from the fields of another format. */
export class ProgramDraft {
  /** Converted to `dependsOn` once it is known which programs are imported, and with which ids. */
  readonly needs: Need[] = [];
  readonly notes: ImportNote[] = [];
  /** Why the command cannot be converted as a whole. Such a program is left out: half a command does something else. */
  problem: string | null = null;
  readonly name: string;
  /** The name in the file when it stands for several programs, such as "worker" for worker-0 and worker-1. */
  series: string | null = null;
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
