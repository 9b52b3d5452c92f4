import type { FileCheck } from '../../config/sources/usable-files.ts';

/** What a reload of the sources changes besides reading them again. */
export interface ReloadRequest {
  /** Replaces all source files. */
  readonly files?: readonly string[] | undefined;
  /** Files to read programs from in addition. */
  readonly add?: readonly string[] | undefined;
  /** Files to use no longer. */
  readonly drop?: readonly string[] | undefined;
  /** Programs to remove that no source defines, see `Sources.unlisted`. */
  readonly remove?: readonly string[] | undefined;
  /** How strictly the files in `files` and `add` are examined. */
  readonly check?: FileCheck | undefined;
  /** Returns the plan without applying it. */
  readonly dryRun: boolean;
}
