import type { TabName } from '../state/state.ts';

interface Tab {
  readonly key: string;
  readonly tab: TabName;
  readonly title: string;
}

/** The tabs from left to right. */
export const TABS: readonly Tab[] = [
  { key: '1', tab: 'processes', title: 'Processes' },
  { key: '2', tab: 'anomalies', title: 'Anomalies' },
  { key: '3', tab: 'zombies', title: 'Zombies' },
  { key: '4', tab: 'cooldown', title: 'Cooldown' },
  { key: '5', tab: 'events', title: 'Healing log' },
];

/** Returns the next or previous tab, wrapping around. */
export function neighborTab(tab: TabName, step: 1 | -1): TabName {
  const index = TABS.findIndex((candidate) => candidate.tab === tab);
  return TABS[(index + step + TABS.length) % TABS.length]?.tab ?? tab;
}

/** The label of the hosts of a fleet, which have a screen of their own. It is shown to those who hold a credential. */
export const FLEET_LABEL = ' 6 Fleet ';

/** A tab as it is labeled on the screen. */
export interface TabLabel {
  readonly tab: TabName;
  /** The label, with a space at each side. */
  readonly text: string;
}

/** Returns the labels of the line of tabs. If not all titles fit, only the current tab has one. */
export function tabLabels(current: TabName, columns: number): readonly TabLabel[] {
  const full = TABS.map(({ key, tab, title }) => ({ tab, text: ` ${key} ${title} ` }));
  const width = full.reduce((sum, { text }) => sum + text.length + 1, 0);
  if (width <= columns) return full;
  return TABS.map(({ key, tab, title }) => ({ tab, text: tab === current ? ` ${key} ${title} ` : ` ${key} ` }));
}

/** Returns the tab at a column of the line of tabs; null if there is none. */
export function tabAt(column: number, current: TabName, columns: number): TabName | null {
  let end = 0;
  for (const { tab, text } of tabLabels(current, columns)) {
    end += 1 + text.length;
    if (column < end) return tab;
  }
  return null;
}
