import { TUI_LIMITS } from '../style/tui-limits.ts';
import { emptyLog } from './log-view.ts';
import { emptyRecords } from './record-list.ts';
import type { State } from './state.ts';

/** What is known when the screen opens. */
type Start = Pick<
  State,
  'instance' | 'readOnly' | 'isRemote' | 'fleet' | 'directory' | 'size' | 'background' | 'hasMouse' | 'nowMs'
>;

/** Returns the state of a screen that is not connected yet. */
export function initialState(start: Start): State {
  return {
    ...start,
    look: { theme: 'auto', isAscii: false },
    hasWideSymbols: false,
    ticks: 0,
    connection: { kind: 'connecting' },
    status: null,
    rows: [],
    trends: new Map(),
    memoryTrends: new Map(),
    hostTrend: [],
    cooldowns: [],
    events: [],
    anomalies: null,
    zombies: { kind: 'unread' },
    records: { anomalies: emptyRecords(false), zombies: emptyRecords(false), events: emptyRecords(true) },
    details: null,
    treeUsage: new Map(),
    trees: new Map(),
    foldsEvents: true,
    openStories: new Set(),
    newestFirst: false,
    moment: null,
    usage: null,
    span: '15m',
    chartBack: 0,
    showsTree: false,
    isZoomed: false,
    focus: 'table',
    tableRows: null,
    logShift: 0,
    logPlace: 'auto',
    rateMs: TUI_LIMITS.tickMs,
    log: emptyLog([]),
    list: {
      selectedId: null,
      awaitedId: null,
      selectedIndex: 0,
      top: 0,
      filter: '',
      unhealthyOnly: false,
      sort: null,
      marked: new Set(),
      isWide: false,
      folding: 'instances',
      opened: new Set(),
      columns: null,
    },
    view: { kind: 'tab', tab: 'processes' },
    overlay: { kind: 'none' },
    message: null,
    commands: [],
  };
}
