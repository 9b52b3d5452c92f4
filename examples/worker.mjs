// Processes a job every second, and finishes the current one before it exits.
// healer: keeps it running; `healer stop worker` stops it gracefully, with exit code 0.
import { createHash } from 'node:crypto';

let job = 0;
const jobs = setInterval(() => {
  job += 1;
  const digest = createHash('sha256').update('x'.repeat(1_000_000)).update(String(job)).digest('hex');
  console.log('job %d done: %s', job, digest.slice(0, 12));
}, 1000);

process.on('SIGTERM', () => {
  clearInterval(jobs);
  console.log('%d jobs done, exiting', job);
});
