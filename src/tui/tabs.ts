import type { TabName } from './store/state.ts';

interface Tab {
  readonly key: string;
  readonly tab: TabName;
  readonly title: string;
}

/** The tabs in their order; a tab more is a row more. */
export const TABS: readonly Tab[] = [
  { key: '1', tab: 'processes', title: 'Processes' },
  { key: '4', tab: 'cooldown', title: 'Cooldown' },
  { key: '5', tab: 'events', title: 'Healing log' },
];

export function neighbourTab(tab: TabName, step: 1 | -1): TabName {
  const index = TABS.findIndex((candidate) => candidate.tab === tab);
  return TABS[(index + step + TABS.length) % TABS.length]?.tab ?? tab;
}
