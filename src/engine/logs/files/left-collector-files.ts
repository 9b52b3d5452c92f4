import { readFileSync, rmSync } from 'node:fs';
import { statsOf } from '../../../base/stats-of.ts';
import { removeDraft } from '../../../base/atomic-file.ts';
import type { Libc } from '../../../base/libc.ts';
import { becomeCollector } from './collector-lock.ts';
import { type CollectorSettings, collectorPathsOf } from './collector-paths.ts';
import { runsWithPipes } from './run-pipes.ts';

/** What the file of losses begins with if it contains none. */
const NO_LOSSES = '[]';

/**
 * Removes the files of a log collector that was killed. A batch or a loss that no log contains yet is kept for the next one, and
 * so are exits while the pipes of a run exist. Returns false if a log collector is running.
 * @throws the error of the system call that failed
 */
export function removeLeftCollectorFiles(settings: Omit<CollectorSettings, 'engine'>, libc: Libc): boolean {
  const paths = collectorPathsOf(settings);
  const lock = becomeCollector(paths, libc);
  if (lock === null) return false;
  try {
    if (statsOf(paths.journal)?.size === 0) rmSync(paths.journal, { force: true });
    if (isWithoutLoss(paths.losses)) rmSync(paths.losses, { force: true });
    if (runsWithPipes(settings.pipesDir).length === 0) rmSync(paths.exits, { force: true });
    removeDraft(paths.exits);
    rmSync(paths.commands, { force: true });
    rmSync(paths.reports, { force: true });
    return true;
  } finally {
    lock.unlink();
  }
}

function isWithoutLoss(path: string): boolean {
  try {
    const text = readFileSync(path, 'utf8');
    return text.trim() === '' || text.startsWith(NO_LOSSES);
  } catch {
    return false;
  }
}
