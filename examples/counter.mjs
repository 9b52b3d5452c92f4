// Prints numbered lines, to show that no line of a program is lost, repeated or out of order.
// healer: keeps every line, also while its engine is killed and started again.
// Arguments: how many lines (0 is no end) and how many a second (0 is as fast as can be); 0 and 10 unless given.
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const [total = 0, perSecond = 10] = process.argv.slice(2).map(Number);
const end = total === 0 ? Number.POSITIVE_INFINITY : total;
const started = performance.now();

for (let line = 1; line <= end; line += 1) {
  writeSync(1, `line ${line}\n`);
  if (perSecond > 0) {
    const dueMs = started + (line / perSecond) * 1000;
    if (dueMs > performance.now()) await sleep(dueMs - performance.now());
  }
}
