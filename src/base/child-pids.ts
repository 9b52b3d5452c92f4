import { readFileSync } from 'node:fs';
import { descriptors } from './descriptors.ts';

/**
 * Returns the children forked by one thread of a process, by its main thread unless another one is named, including orphans re-parented to it.
 * @throws the error of the system call, for example if the process is gone or the kernel does not provide the list
 */
export function readChildPids(pid: number, tid = pid): readonly number[] {
  const path = `/proc/${String(pid)}/task/${String(tid)}/children`;
  const list = descriptors.withReserve(() => readFileSync(path, 'latin1'));
  return list.split(' ').filter(Boolean).map(Number);
}
