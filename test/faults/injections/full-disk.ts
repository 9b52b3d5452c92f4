import type { FaultBed } from '../bed.ts';
import { lastEventOf } from '../invariants/events.ts';

/** What a full disk refused is in memory, and lost with the engine. */
export function lostRecords(bed: FaultBed): void {
  bed.stateDamaged();
  bed.mayLackEventsUpTo = Math.max(bed.mayLackEventsUpTo, lastEventOf(bed.home.paths.healingLog) + 2_000);
}

export async function whileFull(bed: FaultBed, work: () => Promise<void>): Promise<void> {
  bed.note('the disk is full');
  bed.disk?.fill();
  bed.disturbed();
  try {
    await work();
  } finally {
    bed.disk?.free();
    bed.disturbed();
    bed.note('the disk has space again');
  }
}
