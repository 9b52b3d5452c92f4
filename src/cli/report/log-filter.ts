import type { LinearPattern } from '../../base/linear-pattern.ts';
import type { LogLine } from '../../protocol/log-line.ts';
import { type FieldCondition, hasField, isAtLeast, type LogLevel } from '../../base/structured-text.ts';

/** Whether to print a line. */
export type LineFilter = (line: LogLine) => boolean;

/** What a line must have to be printed; undefined for anything. */
export interface LineConditions {
  readonly grep: LinearPattern | undefined;
  readonly stream: LogLine['stream'] | undefined;
  readonly level?: LogLevel | undefined;
  readonly where?: readonly FieldCondition[] | undefined;
}

/** Creates the filter of `--grep`, `--stream`, `--level` and `--where`. */
export function createLineFilter({ grep, stream, level, where = [] }: LineConditions): LineFilter {
  return (line) =>
    (stream === undefined || line.stream === stream) &&
    (grep?.test(line.text) ?? true) &&
    (level === undefined || isAtLeast(line.text, level)) &&
    where.every((condition) => hasField(line.text, condition));
}

/** Whether the conditions leave out lines. */
export function isFiltered({ grep, stream, level, where = [] }: LineConditions): boolean {
  return grep !== undefined || stream !== undefined || level !== undefined || where.length > 0;
}
