import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { CooldownView } from '../../protocol/methods.ts';
import type { EngineStatus, SnapshotRow } from '../../protocol/snapshot.ts';
import type { Size } from '../terminal/screen.ts';
import type { LogView } from './log-view.ts';
import type { Operation } from './operations.ts';

export type TabName = 'processes' | 'cooldown' | 'events';

/** What fills the body of the screen. `from` is where Escape leads back to. */
export type View =
  | { readonly kind: 'tab'; readonly tab: TabName }
  | { readonly kind: 'program'; readonly id: string; readonly from: TabName };

/** A program as it was when a dialog about it opened; what the table shows meanwhile does not matter. */
export interface Target {
  readonly id: string;
  readonly name: string;
  readonly pid: number | null;
}

/** What has the keyboard before the view does. */
export type Overlay =
  | { readonly kind: 'none' }
  /** `before` comes back on Escape. */
  | { readonly kind: 'filter'; readonly before: string }
  | { readonly kind: 'search'; readonly before: string }
  | { readonly kind: 'sort' }
  | { readonly kind: 'confirm'; readonly operation: Operation; readonly targets: readonly Target[] }
  | { readonly kind: 'help'; readonly page: number };

export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** No connection; it is tried again and again. */
  | {
      readonly kind: 'down';
      readonly sinceMs: number;
      readonly reason: string;
      /** There is no engine, as opposed to one that may not be talked to. */
      readonly isAbsent: boolean;
      readonly isStarting: boolean;
    };

export type SortKey = 'name' | 'status' | 'cpu' | 'memory' | 'uptime';

export interface Sort {
  readonly by: SortKey;
  readonly descending: boolean;
}

export interface ListView {
  /** The selection follows the program, not the row. */
  readonly selectedId: string | null;
  /** Where the selection was, for when its program is gone. */
  readonly selectedIndex: number;
  readonly top: number;
  readonly filter: string;
  readonly unhealthyOnly: boolean;
  /** Null is the engine's own order. */
  readonly sort: Sort | null;
  readonly marked: ReadonlySet<string>;
}

/** Samples oldest first; null where nothing was measured. */
export type Samples = readonly (number | null)[];

export interface EventsView {
  readonly events: readonly EngineEvent[];
  /** How many of the newest are below the screen; 0 follows. */
  readonly offset: number;
}

/** CPU and memory of the opened program, one sample each `stepMs`. */
export interface ProgramUsage {
  readonly id: string;
  readonly stepMs: number;
  readonly cpuPercent: Samples;
  readonly memoryMb: Samples;
}

export interface Message {
  readonly text: string;
  readonly tone: 'info' | 'good' | 'bad';
  /** The command that does the same. */
  readonly command: string | null;
  readonly atMs: number;
  /** News gives way to the result of what the person did. */
  readonly isNews: boolean;
}

export interface State {
  readonly instance: string;
  readonly readOnly: boolean;
  readonly size: Size;
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
  readonly events: EventsView;
  readonly usage: ProgramUsage | null;
  readonly log: LogView;
  readonly list: ListView;
  readonly view: View;
  readonly overlay: Overlay;
  readonly message: Message | null;
}
