import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { AnomalyRecord } from '../../protocol/results/anomaly-record.ts';
import type { CooldownView } from '../../protocol/results/cooldown-view.ts';
import type { ProcessDetails } from '../../protocol/results/process-details.ts';
import type { EngineStatus, SnapshotRow } from '../../protocol/snapshot.ts';
import type { Size } from '../terminal/screen.ts';
import type { Background, ThemeName } from '../style/theme.ts';
import type { Form } from './form.ts';
import type { LogView } from './log-view.ts';
import type { UiOperation, OperationParams } from './ui-operations.ts';
import type { MomentLog } from './moment.ts';
import type { ProgramTrees } from './process-rows.ts';
import type { SignalTarget } from './signals.ts';
import type { RecordList } from './record-list.ts';
import type { TextField } from './text-field.ts';
import type { TreeUsage } from './tree-usage.ts';
import type { ZombieScan } from './zombie-scan.ts';

/** Whether the user holds the credential of a fleet, and whether the engine that is shown was opened from its hosts. */
export type FleetAccess = 'none' | 'held' | 'opened';

export type TabName = 'processes' | 'anomalies' | 'zombies' | 'cooldown' | 'events';

/** The tabs that list records rather than programs. */
export type RecordTab = 'anomalies' | 'zombies' | 'events';

/** What the body of the screen shows. `from` is the tab that Escape returns to. */
export type View =
  | { readonly kind: 'tab'; readonly tab: TabName }
  /** `logOf` lists more than the program itself if the output of several was opened. */
  | { readonly kind: 'program'; readonly id: string; readonly from: TabName; readonly logOf: readonly string[] };

/** A program as it was when a dialog opened; later changes to the table do not affect it. */
export interface Target {
  readonly id: string;
  readonly name: string;
  readonly pid: number | null;
}

/** An operation that waits for confirmation. */
export interface Question {
  readonly operation: UiOperation;
  readonly targets: readonly Target[];
  readonly params: OperationParams;
}

/** What has the keyboard focus instead of the view. */
export type Overlay =
  | { readonly kind: 'none' }
  /** Filters a list or searches a log while it is typed, or goes to a place in a log. Escape restores `before`. */
  | {
      readonly kind: 'prompt';
      readonly purpose: 'filter' | 'search' | 'go to';
      readonly field: TextField;
      readonly before: string;
    }
  /** `chosen` is the index of a completion; -1 stands for the typed text. */
  | {
      readonly kind: 'palette';
      readonly field: TextField;
      readonly chosen: number;
      /** Which earlier command was recalled, the newest being 0. */
      readonly recalled?: number;
    }
  | { readonly kind: 'sort' }
  | { readonly kind: 'hold'; readonly targets: readonly Target[] }
  | { readonly kind: 'confirm'; readonly question: Question }
  /** Asks whether the engine should send SIGCHLD to the parents of zombies. */
  | { readonly kind: 'confirmClean'; readonly count: number; readonly parents: readonly string[] }
  /** Asks which signal a process should be sent, and then whether to send it. */
  | { readonly kind: 'signal'; readonly target: SignalTarget; readonly signal: string | null }
  | { readonly kind: 'form'; readonly form: Form }
  /** `search` is what the keys have to contain, and `field` where it is being typed. */
  | { readonly kind: 'help'; readonly page: number; readonly search?: string; readonly field?: TextField };

/** The state of the connection to the engine. */
export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live'; readonly heardAtMs: number }
  /** There is no connection; it is retried until it succeeds. */
  | {
      readonly kind: 'down';
      readonly sinceMs: number;
      readonly reason: string;
      /** Whether no engine is running, as opposed to one that refuses or does not respond. */
      readonly isAbsent: boolean;
      readonly isStarting: boolean;
    };

/** What the table can be sorted by. */
export type SortKey =
  | 'name'
  | 'pid'
  | 'status'
  | 'cpu'
  | 'memory'
  | 'limits'
  | 'restarts'
  | 'cooldown'
  | 'uptime'
  | 'tree'
  | 'why'
  | 'source'
  /** The engine's own order. */
  | 'listed';

/** The order of the table. */
export interface Sort {
  readonly by: SortKey;
  readonly descending: boolean;
}

/** What the rows of the table are folded by. */
export type Folding = 'none' | 'instances' | 'groups';

/** The view of the table of programs. */
export interface ListView {
  /** The selection follows the program, not the row. */
  readonly selectedId: string | null;
  /** A program that was just added; it is selected once the engine lists it. */
  readonly awaitedId: string | null;
  /** The index of the selection, in case its program is removed. */
  readonly selectedIndex: number;
  readonly top: number;
  readonly filter: string;
  readonly unhealthyOnly: boolean;
  /** Null for programs that need attention first, and otherwise the engine's own order. */
  readonly sort: Sort | null;
  readonly marked: ReadonlySet<string>;
  /** Whether reasons and sources are shown before trends. */
  readonly isWide: boolean;
  /** What rows are folded by, and the ids of the rows that are opened: of folded ones, and of programs with their processes. */
  readonly folding: Folding;
  readonly opened: ReadonlySet<string>;
  /** The names of the columns to show, if there is room; null for all. */
  readonly columns: readonly string[] | null;
}

/** Samples, the oldest first; null where nothing was measured. */
export type Samples = readonly (number | null)[];

/** The period that charts cover. */
export type ChartSpan = '5m' | '15m' | '1h' | '24h';

/** A period that the engine keeps samples for. */
export type UsageSpan = '15m' | '24h';

/** CPU and memory of the opened program, one sample every `stepMs`. */
export interface ProgramUsage {
  readonly id: string;
  readonly span: UsageSpan;
  readonly stepMs: number;
  /** How many samples were added since it was read. */
  readonly added: number;
  readonly cpuPercent: Samples;
  readonly memoryMb: Samples;
}

/** Where the log of the selected program is: beside the table only if this shows more, below it, or always beside it. */
export type LogPlacement = 'auto' | 'below' | 'beside';

/** The line above the keys. */
export interface Message {
  readonly text: string;
  readonly tone: 'info' | 'good' | 'bad';
  /** The equivalent CLI command. */
  readonly command: string | null;
  readonly atMs: number;
  /** News is replaced by the result of an operation. */
  readonly isNews: boolean;
}

/** How the screen is drawn, as far as the user decides it. */
export interface Look {
  readonly theme: ThemeName;
  readonly isAscii: boolean;
}

/** Everything that the screen shows, without values that can be derived from others. */
export interface State {
  readonly instance: string;
  readonly readOnly: boolean;
  /** Whether the engine runs on another machine: its files cannot be opened and it cannot be started from here. */
  readonly isRemote: boolean;
  readonly fleet: FleetAccess;
  /** The working directory of the screen: the default directory of a new program. */
  readonly directory: string;
  readonly size: Size;
  readonly background: Background;
  readonly look: Look;
  /** Whether the terminal draws symbols of ambiguous width two columns wide, so that the screen uses ASCII. */
  readonly hasWideSymbols: boolean;
  /** The wall clock at the last tick or message. */
  readonly nowMs: number;
  readonly ticks: number;
  readonly connection: Connection;
  readonly status: EngineStatus | null;
  readonly rows: readonly SnapshotRow[];
  /** CPU samples of each program, for the trend in the table. */
  readonly trends: ReadonlyMap<string, Samples>;
  /** Memory samples of each program, at longer intervals. */
  readonly memoryTrends: ReadonlyMap<string, Samples>;
  readonly hostTrend: Samples;
  readonly cooldowns: readonly CooldownView[];
  readonly events: readonly EngineEvent[];
  /** The oldest first; null until they have been read. */
  readonly anomalies: readonly AnomalyRecord[] | null;
  readonly zombies: ZombieScan;
  readonly records: Readonly<Record<RecordTab, RecordList>>;
  /** The details of the opened program; null until they have been read. */
  readonly details: ProcessDetails | null;
  /** What each process of it used between the last two readings of the details. */
  readonly treeUsage: TreeUsage;
  /** The processes of the programs that are unfolded in the table. */
  readonly trees: ProgramTrees;
  /** Whether the healing log folds what happened to a program into stories, and the stories that are shown in full. */
  readonly foldsEvents: boolean;
  readonly openStories: ReadonlySet<number>;
  /** Whether the healing log begins with the newest event. */
  readonly newestFirst: boolean;
  /** What a program printed before the event that is selected; null until it was read. */
  readonly moment: MomentLog | null;
  readonly span: ChartSpan;
  /** How many samples before now the charts end. */
  readonly chartBack: number;
  /** Whether the processes of the opened program are shown instead of its charts. */
  readonly showsTree: boolean;
  /** Whether the table or the log has the whole body. */
  readonly isZoomed: boolean;
  /** The pane that keys act on where the table and a log are shown together. */
  readonly focus: 'table' | 'log';
  /** The rows of the table above the log, as far as the user moved the border; null for as many as it needs. */
  readonly tableRows: number | null;
  readonly logPlace: LogPlacement;
  /** How many columns the user added to a log that is beside the rest. */
  readonly logShift: number;
  /** The refresh interval of the table. */
  readonly rateMs: number;
  readonly hasMouse: boolean;
  readonly usage: ProgramUsage | null;
  readonly log: LogView;
  readonly list: ListView;
  readonly view: View;
  readonly overlay: Overlay;
  readonly message: Message | null;
  /** What was typed after the colon, the newest first. */
  readonly commands: readonly string[];
}
