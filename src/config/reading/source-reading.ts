import type { ConfigProblem } from './config-problem.ts';
import type { Place, ValuePath } from './located-value.ts';

/** Fields of a program as written in a source, without defaults. */
export type Fields = Readonly<Record<string, unknown>>;

/** Fields that apply to a program, with their places in a file. */
export interface Layer {
  readonly fields: Fields;
  readonly file: string;
  /** Returns the place of the value at a path; null when the source has no lines written by a user. */
  readonly placeAt: (path: ValuePath, aim: 'key' | 'value') => Place | null;
  /** Returns how many parts of a path this layer contains. */
  readonly depthOf: (path: ValuePath) => number;
}

/** The definition of one program in one source. */
export interface Definition extends Layer {
  readonly id: string;
  /** `<file>:<line>`, or the name of a source without lines. */
  readonly origin: string;
  /** Fields that follow from the source itself. They are the weakest, and apply only if this definition sets the command. */
  readonly implied: Fields;
  /** Whether it only overrides fields of a program that another source defines. */
  readonly isOverride: boolean;
  /** False when part of it is invalid. A program is not run from half a definition. */
  readonly isValid: boolean;
}

/** Settings that apply to the programs of all sources. */
export interface CommonSettings {
  readonly defaults: Layer | null;
  readonly healing: 'heal' | 'observe' | null;
  /** Paths of executables by command. */
  readonly binaries: Readonly<Record<string, string>>;
}

/** The content of one source, as read. */
export interface SourceReading {
  readonly file: string;
  /** One entry for each program, in the order of the file. */
  readonly definitions: readonly Definition[];
  readonly common: CommonSettings;
  readonly problems: readonly ConfigProblem[];
  /** False when a part could not be read, so that a program missing from `definitions` may still be defined. */
  readonly isComplete: boolean;
  /** Whether the file is empty, possibly because it is being rewritten. */
  readonly isBlank: boolean;
  /** Whether the previous reading stays in effect while this one contains an error. */
  readonly isAllOrNothing: boolean;
  /** Identifies the text that was read; absent if the source could not be read. */
  readonly digest?: string;
}

/** The common settings of a source that has none. */
export const NOTHING_COMMON: CommonSettings = { defaults: null, healing: null, binaries: {} };
