/**
 * How the memory of a process tree was measured: `rss`, the sum of resident memory, which counts shared pages once for each
 * process; `pss`, the proportional set size, which divides them among the processes; `cgroup`, anonymous and shared memory in
 * the cgroup of the program; `estimate`, where the PSS of a process cannot be read: its anonymous memory, and the largest
 * shared part once.
 */
export type MemoryMeasure = 'rss' | 'pss' | 'cgroup' | 'estimate';

/** Names a measure in a sentence. */
export const MEASURE_NAMES: Readonly<Record<MemoryMeasure, string>> = {
  rss: 'RSS',
  pss: 'PSS',
  cgroup: 'cgroup',
  estimate: 'estimated',
};

/** Returns whether shared pages count once. The measure of an engine of an earlier version is undefined. */
export function isExact(measure: MemoryMeasure | null | undefined): measure is Exclude<MemoryMeasure, 'rss'> {
  return measure !== null && measure !== undefined && measure !== 'rss';
}
