import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const WANTED = ['memory', 'pids'];
const LEAF = 'engine';

/**
 * Has the controllers of limits act below `folder`, a cgroup in `base`; gives those that do. A cgroup that hands
 * controllers on may hold no process itself, so the engine moves out of `base` where it is in it; the top of the
 * hierarchy may.
 */
export function enableControllers(base: string, folder: string): readonly string[] {
  const offered = words(join(base, 'cgroup.controllers')).filter((name) => WANTED.includes(name));
  if (offered.length === 0) return [];
  const isTop = !existsSync(join(base, 'cgroup.type'));
  try {
    if (!isTop && words(join(base, 'cgroup.procs')).includes(String(process.pid))) moveTo(join(folder, LEAF));
    const order = offered.map((name) => `+${name}`).join(' ');
    for (const each of [base, folder]) writeFileSync(join(each, 'cgroup.subtree_control'), order);
    return offered;
  } catch {
    // Others are in it as well, or it was not handed down to us: programs are held together all the same.
    return [];
  }
}

function moveTo(leaf: string): void {
  mkdirSync(leaf, { recursive: true });
  writeFileSync(join(leaf, 'cgroup.procs'), String(process.pid));
}

function words(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split(/\s+/).filter(Boolean) : [];
}
