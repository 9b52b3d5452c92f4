/** What a change of definitions did to programs, by their ids. */
export interface DefinitionResult {
  readonly id: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly restarted: readonly string[];
  /** Changed without a restart. */
  readonly changed: readonly string[];
  /** False where no engine runs: it takes effect with the next one. */
  readonly applied: boolean;
}
