/**
 * Reports that it runs, and some seconds later that it begins to use too much CPU or memory, which it then does.
 *
 *   node hog.mjs cpu|memory REPORTS NAME DELAY_MS
 */
import { appendFileSync } from 'node:fs';

const BLOCK = 2 ** 20;
/** More than the limit of the benchmark in MB. */
const BLOCKS = 300;

const [kind, reports, name, delayMs] = process.argv.slice(2);
const report = (what) => appendFileSync(reports, `${what} ${process.pid} ${process.hrtime.bigint()}\n`);
const held = [];

report(name);
setTimeout(() => {
  report(`${name}:begins`);
  if (kind === 'cpu') for (;;);
  for (let block = 0; block < BLOCKS; block++) held.push(Buffer.alloc(BLOCK, 1));
}, Number(delayMs));
// A reference from a timer keeps the memory in use.
setInterval(() => held.length, 1e6);
