import type { ProcessStateName } from '../process-state.ts';

/** What a process does when it receives a signal. `blocked`: the signal waits until the process fetches it. */
export type SignalHandling = 'handled' | 'ignored' | 'blocked' | 'default';

/** The result of a signal that was sent to one process of a program. */
export interface SignalResult {
  readonly id: string;
  readonly pid: number;
  readonly startTicks: number;
  /** The beginning of its command line, up to the first option. */
  readonly command: string;
  readonly signal: string;
  /** Whether it is the main process of the program. */
  readonly isMain: boolean;
  /** Null if it is unknown. */
  readonly handling: SignalHandling | null;
  /** What the process was found to be afterwards. A stopped one continues with SIGCONT. */
  readonly found: 'exited' | 'stopped' | 'running';
  readonly tookMs: number;
  /** The state of the program afterwards. */
  readonly state: ProcessStateName;
  readonly warnings?: readonly string[];
}
