import { readFileSync } from 'node:fs';
import { descriptors } from './descriptors.ts';

/**
 * Returns the children forked by the main thread of a process, including orphans re-parented to it.
 * @throws the error of the system call, for example if the process is gone or the kernel does not provide the list
 */
export function readChildPids(pid: number): readonly number[] {
  const path = `/proc/${String(pid)}/task/${String(pid)}/children`;
  const list = descriptors.withReserve(() => readFileSync(path, 'latin1'));
  return list.split(' ').filter(Boolean).map(Number);
}
