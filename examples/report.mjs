// A job that counts for a second, prints a report, and exits.
// healer: runs it on schedule, and records how each run ended.
import { setTimeout } from 'node:timers/promises';

console.log('counting');
await setTimeout(1000);
console.log('%d s of uptime', Math.round(process.uptime()));
