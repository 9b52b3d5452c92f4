import { spawnSync } from 'node:child_process';
import { expect, onTestFinished, test } from 'vitest';
import { NewPids } from '../../../src/engine/sampling/new-pids.ts';

function createNewPids(): NewPids {
  const pids = new NewPids();
  onTestFinished(() => pids.close());
  return pids;
}

/** Lists until nothing was started in between, which takes several attempts on a busy machine. */
function untilQuiet(pids: NewPids): boolean {
  for (let attempt = 0; attempt < 10_000; attempt++) {
    if (!pids.mayExist(0)) return true;
    pids.listed(0);
  }
  return false;
}

test('nothing has to be listed until a process is started, however short it runs', () => {
  const pids = createNewPids();
  expect(pids.mayExist(0)).toBe(true);
  pids.listed(100);
  expect(untilQuiet(pids)).toBe(true);
  spawnSync('true');
  expect(pids.mayExist(0)).toBe(true);
});

test('everything is listed again after ten seconds', () => {
  const pids = createNewPids();
  pids.mayExist(0);
  pids.listed(100);
  expect(untilQuiet(pids)).toBe(true);
  expect(pids.mayExist(10_001)).toBe(true);
});

test('everything is listed each time where the last pid does not follow new processes', () => {
  const pids = createNewPids();
  pids.mayExist(0);
  pids.listed(100);
  expect(untilQuiet(pids)).toBe(true);
  // A listing that is due finds a process, and the last pid is the same: wait until that holds on a busy machine.
  let now = 10_001;
  do {
    pids.mayExist(now);
    pids.listed(1);
    now += 10_001;
  } while (now < 10_001 * 10_000 && !isAlwaysListed(pids, now));
  expect(isAlwaysListed(pids, now)).toBe(true);
});

function isAlwaysListed(pids: NewPids, now: number): boolean {
  return Array.from({ length: 20 }, () => {
    const mayExist = pids.mayExist(now);
    if (mayExist) pids.listed(0);
    return mayExist;
  }).every(Boolean);
}
