/** An engine setting with its current value. */
export interface SettingResult {
  readonly key: string;
  readonly value: unknown;
  readonly isDefault: boolean;
  readonly meaning: string;
}
