/** What a program uses now, as its detectors see it. */
export interface UsageReading {
  readonly id: string;
  /** The time of the sample, ISO 8601; null if the program was not sampled yet. */
  readonly at: string | null;
  /** The pid of its main process; null while it does not run. */
  readonly pid: number | null;
  /** Percent of one core, whole tree; null if it is unknown. */
  readonly cpuPercent: number | null;
  /** Memory in MB of 2^20 bytes as its limit counts it; null if it is unknown. */
  readonly memoryMb: number | null;
  /** Allocated memory in MB, which is judged by the leak detector: without mapped files, with swap; null if it is unknown. */
  readonly allocatedMb: number | null;
  /** The highest number of open descriptors of one process, counted once a minute; null if it is unknown. */
  readonly openDescriptors: number | null;
  readonly threads: number | null;
  readonly processes: number | null;
}
