import { expect, test } from 'vitest';
import { driveFaults } from './driver.ts';

const minutes = Number(process.env['FAULT_MINUTES'] ?? 2);
const seed = Number(process.env['FAULT_SEED'] ?? Date.now() % 1_000_000);
const without = (process.env['FAULT_WITHOUT'] ?? '').split(',');

test(
  `every guarantee holds under random operations and faults (seed ${seed})`,
  { timeout: minutes * 60_000 + 180_000 },
  async () => {
    const { violation, journal, rounds, steps } = await driveFaults({ seed, minutes, without });
    const story = `seed ${seed}, round ${rounds}, step ${steps}:\n${violation ?? ''}\n${journal.slice(-60).join('\n')}`;
    expect(violation, story).toBeNull();
  },
);
