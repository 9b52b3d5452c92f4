import type { Size } from '../terminal/screen.ts';
import { emptyLog } from './log-view.ts';
import type { State } from './state.ts';

interface Start {
  readonly instance: string;
  readonly readOnly: boolean;
  readonly size: Size;
  readonly nowMs: number;
}

export function initialState(start: Start): State {
  return {
    ...start,
    ticks: 0,
    connection: { kind: 'connecting' },
    status: null,
    rows: [],
    trends: new Map(),
    hostTrend: [],
    cooldowns: [],
    events: { events: [], offset: 0 },
    usage: null,
    log: emptyLog(null),
    list: {
      selectedId: null,
      selectedIndex: 0,
      top: 0,
      filter: '',
      unhealthyOnly: false,
      sort: null,
      marked: new Set(),
    },
    view: { kind: 'tab', tab: 'processes' },
    overlay: { kind: 'none' },
    message: null,
  };
}
