import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const WANTED = ['memory', 'pids'];
const LEAF = 'engine';

/**
 * Enables the controllers for limits below `folder`, a cgroup in `base`, and returns those that are enabled. A cgroup that
 * delegates controllers must not contain processes, except at the top of the hierarchy, so the engine moves out of `base`.
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
    // It contains other processes or is not delegated. Programs have cgroups all the same, but without limits.
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
