/** A setting of the engine. */
export interface SettingResult {
  readonly key: string;
  readonly value: unknown;
  readonly isDefault: boolean;
  readonly meaning: string;
}
