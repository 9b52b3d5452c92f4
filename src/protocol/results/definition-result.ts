/** The effect of a definition change, by program id. */
export interface DefinitionResult {
  readonly id: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly restarted: readonly string[];
  /** Changed without a restart. */
  readonly changed: readonly string[];
  /** False if no engine is running: the change takes effect at its next start. */
  readonly applied: boolean;
}
