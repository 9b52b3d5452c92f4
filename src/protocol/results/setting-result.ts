/** An engine setting with its current value. */
export interface SettingResult {
  readonly key: string;
  readonly value: unknown;
  readonly isDefault: boolean;
  readonly meaning: string;
  /** After a change: what the value does that may not be expected. Absent if there is nothing to warn about. */
  readonly warnings?: readonly string[];
}
