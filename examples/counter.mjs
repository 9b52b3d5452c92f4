// Prints numbered lines, to show that no line of output is lost, duplicated or reordered.
// healer: logs every line, even while its engine is killed and restarted.
// Arguments: the number of lines (0: unlimited, the default) and lines per second (0: as fast as possible; default 10).
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
