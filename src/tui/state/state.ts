import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { AnomalyRecord } from '../../protocol/results/anomaly-record.ts';
import type { CooldownView } from '../../protocol/results/cooldown-view.ts';
import type { ProcessDetails } from '../../protocol/results/process-details.ts';
import type { EngineStatus, SnapshotRow } from '../../protocol/snapshot.ts';
import type { Size } from '../terminal/screen.ts';
import type { Background } from '../style/theme.ts';
import type { Form } from './form.ts';
import type { LogView } from './log-view.ts';
import type { Operation, OperationParams } from './operations.ts';
import type { RecordList } from './record-list.ts';
import type { TextField } from './text-field.ts';
import type { ZombieScan } from './zombie-scan.ts';

export type TabName = 'processes' | 'anomalies' | 'zombies' | 'cooldown' | 'events';

/** The tabs that list records rather than programs. */
export type RecordTab = 'anomalies' | 'zombies' | 'events';

/** What fills the body of the screen. `from` is where Escape leads back to. */
export type View =
  | { readonly kind: 'tab'; readonly tab: TabName }
  /** `logOf` has more than the program itself where the output of several was opened. */
  | { readonly kind: 'program'; readonly id: string; readonly from: TabName; readonly logOf: readonly string[] };

/** A program as it was when a dialog about it opened; what the table shows meanwhile does not matter. */
export interface Target {
  readonly id: string;
  readonly name: string;
  readonly pid: number | null;
}

/** What was asked for and waits for a yes. */
export interface Question {
  readonly operation: Operation;
  readonly targets: readonly Target[];
  readonly params: OperationParams;
}

/** What has the keyboard before the view does. */
export type Overlay =
  | { readonly kind: 'none' }
  /** Narrows a list or searches a log as it is typed. `before` comes back on Escape. */
  | {
      readonly kind: 'prompt';
      readonly purpose: 'filter' | 'search';
      readonly field: TextField;
      readonly before: string;
    }
  /** `chosen` counts among the completions; -1 is what is typed. */
  | { readonly kind: 'palette'; readonly field: TextField; readonly chosen: number }
  | { readonly kind: 'sort' }
  | { readonly kind: 'hold'; readonly targets: readonly Target[] }
  | { readonly kind: 'confirm'; readonly question: Question }
  /** The engine sends SIGCHLD to the parents of these. */
  | { readonly kind: 'confirmClean'; readonly count: number; readonly parents: readonly string[] }
  | { readonly kind: 'form'; readonly form: Form }
  | { readonly kind: 'help'; readonly page: number };

/** How the engine is reached, if it is. */
export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live'; readonly heardAtMs: number }
  /** No connection; it is tried again and again. */
  | {
      readonly kind: 'down';
      readonly sinceMs: number;
      readonly reason: string;
      /** There is no engine, as opposed to one that may not be talked to. */
      readonly isAbsent: boolean;
      readonly isStarting: boolean;
    };

export type SortKey =
  'name' | 'pid' | 'status' | 'cpu' | 'memory' | 'limits' | 'restarts' | 'uptime' | 'tree' | 'why' | 'source';

export interface Sort {
  readonly by: SortKey;
  readonly descending: boolean;
}

/** How the table of programs is looked at. */
export interface ListView {
  /** The selection follows the program, not the row. */
  readonly selectedId: string | null;
  /** Was just added, and is selected as soon as the engine lists it. */
  readonly awaitedId: string | null;
  /** Where the selection was, for when its program is gone. */
  readonly selectedIndex: number;
  readonly top: number;
  readonly filter: string;
  readonly unhealthyOnly: boolean;
  /** Null is the engine's own order. */
  readonly sort: Sort | null;
  readonly marked: ReadonlySet<string>;
  /** Reasons and sources before trends. */
  readonly isWide: boolean;
}

/** Samples oldest first; null where nothing was measured. */
export type Samples = readonly (number | null)[];

export type UsageSpan = '15m' | '24h';

/** CPU and memory of the opened program, one sample each `stepMs`. */
export interface ProgramUsage {
  readonly id: string;
  readonly span: UsageSpan;
  readonly stepMs: number;
  readonly cpuPercent: Samples;
  readonly memoryMb: Samples;
}

/** The line above the keys. */
export interface Message {
  readonly text: string;
  readonly tone: 'info' | 'good' | 'bad';
  /** The command that does the same. */
  readonly command: string | null;
  readonly atMs: number;
  /** News gives way to the result of what the person did. */
  readonly isNews: boolean;
}

/** All that the screen shows, and nothing that follows from something else in it. */
export interface State {
  readonly instance: string;
  readonly readOnly: boolean;
  /** Of another machine: its files cannot be opened here, and it cannot be started from here. */
  readonly isRemote: boolean;
  /** Where the screen was opened: the folder of a new program unless told otherwise. */
  readonly folder: string;
  readonly size: Size;
  readonly background: Background;
  /** Wall clock of the last tick or message. */
  readonly nowMs: number;
  readonly ticks: number;
  readonly connection: Connection;
  readonly status: EngineStatus | null;
  readonly rows: readonly SnapshotRow[];
  /** CPU of each program, for the table's trend. */
  readonly trends: ReadonlyMap<string, Samples>;
  readonly hostTrend: Samples;
  readonly cooldowns: readonly CooldownView[];
  readonly events: readonly EngineEvent[];
  /** Newest first; null until they were read. */
  readonly anomalies: readonly AnomalyRecord[] | null;
  readonly zombies: ZombieScan;
  readonly records: Readonly<Record<RecordTab, RecordList>>;
  /** All that is known of the opened program; null until it was read. */
  readonly details: ProcessDetails | null;
  readonly span: UsageSpan;
  /** The processes of the opened program in place of its charts. */
  readonly showsTree: boolean;
  /** The lower pane has the whole body. */
  readonly isZoomed: boolean;
  /** How often the table is asked for. */
  readonly rateMs: number;
  readonly hasMouse: boolean;
  readonly usage: ProgramUsage | null;
  readonly log: LogView;
  readonly list: ListView;
  readonly view: View;
  readonly overlay: Overlay;
  readonly message: Message | null;
}
