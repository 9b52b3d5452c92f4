import type { TabName } from '../state/state.ts';

interface Tab {
  readonly key: string;
  readonly tab: TabName;
  readonly title: string;
}

/** The tabs in their order; a tab more is a row more. */
export const TABS: readonly Tab[] = [
  { key: '1', tab: 'processes', title: 'Processes' },
  { key: '2', tab: 'anomalies', title: 'Anomalies' },
  { key: '3', tab: 'zombies', title: 'Zombies' },
  { key: '4', tab: 'cooldown', title: 'Cooldown' },
  { key: '5', tab: 'events', title: 'Healing log' },
];

export function neighbourTab(tab: TabName, step: 1 | -1): TabName {
  const index = TABS.findIndex((candidate) => candidate.tab === tab);
  return TABS[(index + step + TABS.length) % TABS.length]?.tab ?? tab;
}

export interface TabLabel {
  readonly tab: TabName;
  /** With a blank at each side. */
  readonly text: string;
}

/** What stands on the line of tabs, a blank before each; where there is no room only the current one is named. */
export function tabLabels(current: TabName, columns: number): readonly TabLabel[] {
  const full = TABS.map(({ key, tab, title }) => ({ tab, text: ` ${key} ${title} ` }));
  const width = full.reduce((sum, { text }) => sum + text.length + 1, 0);
  if (width <= columns) return full;
  return TABS.map(({ key, tab, title }) => ({ tab, text: tab === current ? ` ${key} ${title} ` : ` ${key} ` }));
}

/** The tab at a column of the line of tabs. */
export function tabAt(column: number, current: TabName, columns: number): TabName | null {
  let end = 0;
  for (const { tab, text } of tabLabels(current, columns)) {
    end += 1 + text.length;
    if (column < end) return tab;
  }
  return null;
}
