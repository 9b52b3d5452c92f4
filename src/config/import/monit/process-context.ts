import type { Statement } from './statements.ts';

/** What the conversion of a service depends on besides the service itself. */
export interface ProcessContext {
  /** How often monit looks at programs, in milliseconds. */
  readonly cycleMs: number;
  readonly placeOf: (statement: Statement) => string;
}
