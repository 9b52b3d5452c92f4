/** What names the main process of a run for good; null where the platform does not tell start times. */
export interface RunIdentity {
  readonly id: string;
  readonly runNumber: number;
  readonly pid: number;
  readonly startTicks: number | null;
  /** Started by somebody else: the group it is in may be theirs, and is never signalled as one. */
  readonly isUnmanaged?: boolean;
}
