/** Samples oldest first, one each `stepMs`; null where nothing was measured. */
export interface HistoryResult {
  readonly id: string;
  readonly stepMs: number;
  /** ISO 8601 of the last sample. */
  readonly until: string;
  readonly cpuPercent: readonly (number | null)[];
  readonly memoryMb: readonly (number | null)[];
}
