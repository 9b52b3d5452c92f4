/** A field of a definition that fits what was observed better than its present value. */
export interface Suggestion {
  /** The path of the field, e.g. `limits.memoryMb`. */
  readonly field: string;
  /** The value now; null for none. */
  readonly now: number | string | null;
  readonly proposed: number | string | null;
  /** What was observed, and how the value follows from it. */
  readonly reason: string;
}

/** What was observed of a program, and what follows from it for its definition. */
export interface ProgramSuggestions {
  readonly id: string;
  /** For how many minutes of the last 24 hours its usage is known. */
  readonly observedMinutes: number;
  readonly suggestions: readonly Suggestion[];
  /** Why there is no suggestion; empty if there is one. */
  readonly note: string;
}
