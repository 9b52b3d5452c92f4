/**
 * Reports that it runs, and some seconds later that it begins to use too much CPU or memory, which it then does.
 *
 *   node hog.mjs cpu|memory REPORTS NAME DELAY_MS
 */
import { appendFileSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

const BLOCK = 2 ** 20;
/** More than the limit of the benchmark in MB. */
const BLOCKS = 300;

const [kind, reports, name, delayMs] = process.argv.slice(2);
const report = (what) => appendFileSync(reports, `${what} ${process.pid} ${process.hrtime.bigint()}\n`);
const held = [];

report(name);
setTimeout(() => {
  report(`${name}:begins`);
  if (kind === 'cpu') useCpu();
  for (let block = 0; block < BLOCKS; block++) held.push(Buffer.alloc(BLOCK, 1));
}, Number(delayMs));
// A reference from a timer keeps the memory in use.
setInterval(() => held.length, 1e6);

/** Never returns. On a busy machine it asks for priority, and reports the share of a core that it gets in percent every 10 s. */
function useCpu() {
  takePriority();
  for (;;) {
    const startedAt = process.hrtime.bigint();
    const before = process.cpuUsage();
    while (process.hrtime.bigint() - startedAt < 10_000_000_000n);
    const { user, system } = process.cpuUsage(before);
    report(`${name}:got-${String(Math.round((user + system) / 1e5))}`);
  }
}

/** Otherwise a program cannot exceed its limit where other programs leave it a smaller share. Needs root. */
function takePriority() {
  try {
    setPriority(-20);
    // The kernel shares CPU time between sessions first: every program has its own.
    writeFileSync('/proc/self/autogroup', '-20');
  } catch {
    // The benchmark fails with the share if it does not suffice.
  }
}
