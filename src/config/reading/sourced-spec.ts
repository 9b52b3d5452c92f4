import type { ProcessSpec } from '../../protocol/process-spec.ts';

/** Where each known program is defined, by id. Instances appear under their own ids too. */
export type Origins = ReadonlyMap<string, string>;

/** A program with the place where it is defined. */
export interface SourcedSpec {
  readonly spec: ProcessSpec;
  /** `<file>:<line>` with the path as given; several places are separated by commas. */
  readonly origin: string;
  /** The fields of a file that the registry overrides; without it, there are none. */
  readonly overridden?: readonly string[];
}
