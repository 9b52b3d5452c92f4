import type { ProcessSpec } from '../../protocol/process-spec.ts';

/** A program with the place that defines it. */
export interface SourcedSpec {
  readonly spec: ProcessSpec;
  /** `<file>:<line>`, the file's path as it was given. */
  readonly origin: string;
}
