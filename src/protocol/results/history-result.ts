/** Samples, oldest first, one every `stepMs`; null where nothing was measured. */
export interface HistoryResult {
  readonly id: string;
  readonly stepMs: number;
  /** Time of the last sample, ISO 8601. */
  readonly until: string;
  readonly cpuPercent: readonly (number | null)[];
  readonly memoryMb: readonly (number | null)[];
}
