import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type BundledCollector, bundleCollector } from '../engine/logs/support/bundled-collector.ts';
import { LogLab } from '../engine/logs/support/log-lab.ts';
import { waitFor } from '../support/wait-for.ts';

let collector: BundledCollector;
let lab: LogLab;
beforeAll(async () => void (collector = await bundleCollector()));
afterAll(() => collector[Symbol.asyncDispose]());
beforeEach(async () => {
  lab = new LogLab(collector.path);
  await lab.start();
});
afterEach(() => lab.close());

const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index + 1));

test('a disk that is really full stores what fits, and every other line is counted', async () => {
  const dir = lab.logDir('small');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', dir]);
  try {
    const script = `seq 100000; touch ${lab.folder}/written; while ! test -e ${lab.folder}/freed; do sleep 0.01; done; echo end`;
    const { ended } = lab.run('small', ['sh', '-c', script]);
    await waitFor(() => existsSync(join(lab.folder, 'written')), 'the program to write its output');
    await waitFor(() => lab.gaps.length > 0, 'the report of the gap');
    const kept = lab.texts('small');
    expect(kept).toEqual(numbers(kept.length));
    truncateSync(join(dir, 'current.log'));
    writeFileSync(join(lab.folder, 'freed'), '');
    await ended;
    await waitFor(() => lab.gaps.length > 1, 'the report of its exit');
    expect(kept.length + (lab.gaps[1]?.lines ?? 0) + lab.texts('small').length).toBe(100_001);
  } finally {
    execFileSync('umount', ['-l', dir]);
  }
});

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

test.each(['the log collector', 'the log collector and the engine'])(
  'lines that a full disk refused are counted even if %s dies before there is space',
  async (who) => {
    const dir = lab.logDir('small');
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', dir]);
    try {
      const script = `seq 50000; touch ${lab.folder}/written; while ! test -e ${lab.folder}/freed; do sleep 0.01; done; echo end`;
      const { child, ended } = lab.run('small', ['sh', '-c', script]);
      await waitFor(() => existsSync(join(lab.folder, 'written')), 'the program to write its output');
      await waitFor(() => lab.gaps.length > 0, 'the report of the gap');
      if (who.includes('engine')) await lab.transport.close(false);
      await lab.killCollector();
      if (who.includes('engine')) {
        await lab.start();
        lab.followSurvivor('small', child.pid ?? 0);
      }
      execFileSync('mount', ['-o', 'remount,size=16m', dir]);
      writeFileSync(join(lab.folder, 'freed'), '');
      await ended;
      await waitFor(() => lab.texts('small').includes('end'), 'the last line');
      const lost = (): number => sum(lab.gaps.map(({ lines, toWall }) => (toWall === null ? 0 : (lines ?? 0))));
      await waitFor(() => lab.texts('small').length + lost() === 50_001, 'every line to be logged or counted');
      expect(lab.texts('small', 'stderr')[0]).toMatch(/^\[healer\] \d+ lines \(\d+ bytes\) were not written/);
    } finally {
      execFileSync('umount', ['-l', dir]);
    }
  },
);
