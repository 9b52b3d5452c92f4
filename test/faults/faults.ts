import { expect, test } from 'vitest';
import { driveFaults, OVERTIME_MS } from './driver.ts';

const minutes = Number(process.env['FAULT_MINUTES'] ?? 2);
const seeds = (process.env['FAULT_SEED'] ?? String(Date.now() % 1_000_000)).split(',').map(Number);
const without = (process.env['FAULT_WITHOUT'] ?? '').split(',');
/** How long it may take to end all processes of a run. */
const CLOSING_MS = 120_000;
const minutesEach = minutes / seeds.length;

test.each(seeds)(
  'every guarantee holds under random operations and faults (seed %i)',
  // The driver itself ends the run before, with its journal.
  { timeout: minutesEach * 60_000 + OVERTIME_MS + CLOSING_MS },
  async (seed) => {
    const { mode, violation, journal, rounds, operations, faults, impossible } = await driveFaults({
      seed,
      minutes: minutesEach,
      without,
    });
    console.log(`seed ${seed}, ${mode}: ${rounds} rounds, ${operations} operations, ${faults} faults`);
    for (const sentence of impossible) console.log(`this machine cannot produce ${sentence}`);
    if (violation !== null)
      console.log(`violation in the run of seed ${seed}:\n${violation}\njournal:\n${journal.join('\n')}`);
    const story = `seed ${seed}, round ${rounds}:\n${violation ?? ''}\n${journal.slice(-60).join('\n')}`;
    expect(violation, story).toBeNull();
  },
);
