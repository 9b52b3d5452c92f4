import type { Group } from './tally.d.mts';

export declare function growthChart(groups: readonly Group[], caption: string): string;
