import type { Group } from './tally.d.mts';

export declare function withGrowth(text: string, groups: readonly Group[], caption: string): string;
