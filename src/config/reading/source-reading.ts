import type { ConfigProblem } from './config-problem.ts';
import type { Place, ValuePath } from './located-value.ts';

/** Fields as a source says them: nothing is filled in. */
export type Fields = Readonly<Record<string, unknown>>;

/** Something that is said of programs, and where. */
export interface Layer {
  readonly fields: Fields;
  readonly file: string;
  /** Null where a source has no lines that a person wrote. */
  readonly placeAt: (path: ValuePath, aim: 'key' | 'value') => Place | null;
  /** How much of a path is said here. */
  readonly depthOf: (path: ValuePath) => number;
}

/** What a source says of one program. */
export interface Definition extends Layer {
  readonly id: string;
  /** `<file>:<line>`, or the name of a source that has no lines. */
  readonly origin: string;
  /** What follows from where it is defined; the weakest of all, and only where the command is. */
  readonly implied: Fields;
  /** It only changes what others define, and by itself defines nothing. */
  readonly isOverride: boolean;
  /** False when a part of it cannot be used. Half a definition is not run. */
  readonly isValid: boolean;
}

/** What is said for all programs, of whatever source. */
export interface CommonSettings {
  readonly defaults: Layer | null;
  readonly healing: 'heal' | 'observe' | null;
  /** Paths of executables by command. */
  readonly binaries: Readonly<Record<string, string>>;
}

/** What was found in one source. */
export interface SourceReading {
  readonly file: string;
  /** One a program, in the order in which they stand there. */
  readonly definitions: readonly Definition[];
  readonly common: CommonSettings;
  readonly problems: readonly ConfigProblem[];
  /** False when a part could not be read: then nobody knows which programs are gone. */
  readonly isComplete: boolean;
  /** There is not a byte in it: perhaps somebody is about to write it anew. */
  readonly isBlank: boolean;
  /** With any error in it, all that it said before stays in force. */
  readonly isAllOrNothing: boolean;
}

/** Of a source that says nothing for all programs. */
export const NOTHING_COMMON: CommonSettings = { defaults: null, healing: null, binaries: {} };
