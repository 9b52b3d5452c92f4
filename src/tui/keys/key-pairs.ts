import type { CommandName } from './key-bindings.ts';

/** Commands that belong together, which help shows on one row if the screen has no room for a row each. */
export interface KeyPair {
  readonly commands: readonly CommandName[];
  readonly help: string;
  /** What stands for their keys; otherwise the first key of each. */
  readonly keys?: string;
}

/** All such commands. */
export const KEY_PAIRS: readonly KeyPair[] = [
  { commands: ['down', 'up'], help: 'move down, up' },
  { commands: ['wheelDown', 'wheelUp'], help: 'scroll three lines', keys: 'Wheel' },
  { commands: ['pageDown', 'pageUp'], help: 'one page down, up' },
  { commands: ['halfPageDown', 'halfPageUp'], help: 'half a page down, up' },
  { commands: ['top', 'bottom'], help: 'go to the start, end' },
  { commands: ['nextTab', 'previousTab'], help: 'go to next, previous tab' },
  {
    commands: ['showProcesses', 'showAnomalies', 'showZombies', 'showCooldown', 'showEvents', 'showFleet'],
    help: 'show a tab',
  },
  { commands: ['faster', 'slower'], help: 'refresh more, less often' },
  { commands: ['sortLeft', 'sortRight'], help: 'sort by a column beside' },
  { commands: ['growLog', 'shrinkLog'], help: 'larger, smaller log' },
  { commands: ['openFamily', 'foldFamily'], help: 'unfold, fold the row' },
  { commands: ['openStory', 'foldStory'], help: 'unfold, fold the story' },
  { commands: ['nextMatch', 'previousMatch'], help: 'log: find next, previous' },
  { commands: ['nextBookmark', 'previousBookmark'], help: 'log: next, last bookmark' },
  { commands: ['scrollRight', 'scrollLeft'], help: 'log: scroll sideways' },
  { commands: ['chartsIn', 'chartsOut'], help: 'charts: zoom in, out' },
  { commands: ['chartsBack', 'chartsForward'], help: 'charts: earlier, later' },
];
