import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Healer } from './support/healer.mjs';
import { millisecondsBetween, Reports } from './support/reports.mjs';
import { Tally } from './support/tally.mjs';

const HOG = fileURLToPath(import.meta.resolve('./programs/hog.mjs'));

const PLANS = { quick: { rounds: 1 }, normal: { rounds: 15 }, large: { rounds: 15 } };

/** The name of each case, what the program uses too much of, and its limit in a process list: CPU, then memory. */
const CASES = [
  ['CPU limit of 40 %', 'cpu', '40 -'],
  ['CPU limit of 80 %', 'cpu', '80 -'],
  ['memory limit of 200 MB', 'memory', '- 200'],
];

/** The unit of these times on every machine: how often healer looks at a program that is near its limit. */
const LOOK_MS = 200;
const LOOK = `one look (${LOOK_MS} ms)`;

/** Programs exceed their limit at any moment between two samples. */
const earliestMs = 3_000;
const spreadMs = 1_000;

/** Measures how long a program that exceeds its limit runs until it is replaced. One program at a time, so that they do not compete. */
export const limits = {
  name: 'limits',
  title: 'Limit to replacement: from the moment at which a program uses too much until the next run has started',
  async run({ size, workshop, progress }) {
    const tally = new Tally('a program that exceeds its limit', 'ms', [LOOK]);
    for (let round = 0; round < PLANS[size].rounds; round++) {
      tally.add(LOOK, LOOK_MS);
      for (const [title, kind, limit] of CASES) {
        progress(`${title}, round ${round + 1}`);
        tally.add(title, await measure(workshop, kind, limit));
      }
    }
    return { groups: [tally.result()], checks: [], skipped: [] };
  },
};

async function measure(workshop, kind, limit) {
  const folder = workshop.newFolder();
  const reports = new Reports(join(folder, 'reports'));
  const delayMs = Math.round(earliestMs + Math.random() * spreadMs);
  const command = [process.execPath, HOG, kind, reports.path, 'hog', String(delayMs)];
  const list = join(folder, 'process_list.txt');
  writeFileSync(list, `hog ${limit} -- ${command.map((word) => `"${word}"`).join(' ')}\n`);
  const healer = new Healer(folder);
  const stop = workshop.cleanup.defer(async () => {
    await healer.down([...reports.latest.values()].map(({ pid }) => pid));
    reports.close();
  });
  // Both are awaited before `up`, which on a busy machine returns after the program has been replaced.
  const replaced = reports.inOrder(['hog:begins', 'hog']);
  await healer.up(list);
  const [begins, next] = await Promise.race([replaced, starved(reports, Number.parseInt(limit))]);
  await stop();
  return millisecondsBetween(begins.atNs, next.atNs);
}

/** Rejects if the program gets so little CPU time that it cannot exceed its limit. */
async function starved(reports, limit) {
  const share = await reports.matching(/^hog:got-(\d+)$/, (percent) => Number(percent) <= limit);
  const load = loadavg()[0].toFixed(1);
  throw new Error(
    `the machine is too busy: the program got ${share} % of a core, and its limit is ${limit} % (load average ${load})`,
  );
}
