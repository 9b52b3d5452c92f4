import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { EngineEvent } from '../../../src/protocol/engine-event.ts';
import { AlertsFolder, AlertsRun } from '../../support/alerts-run.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const YEAR = 365 * DAY;

let folder: AlertsFolder;
beforeEach(() => {
  folder = new AlertsFolder();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
  folder[Symbol.dispose]();
});

/** The programs in all messages on disk, in the order of their events. */
function reported(): string[] {
  return folder.alerts().map(({ process }) => process ?? '');
}

const START = Date.UTC(2026, 5, 1);
const CHANGES = [
  ['back by a year', -YEAR],
  ['back by a day', -DAY],
  ['back by 30 s', -30_000],
  ['forward by 30 s', 30_000],
  ['forward by a day', DAY],
  ['forward by ten years', 10 * YEAR],
] as const;

describe.each(CHANGES)('a clock that is set %s', (_what, changeMs) => {
  test('neither delays an alert nor changes the rate limit of the running engine', async () => {
    const run = new AlertsRun(folder, [], START);
    run.crash('web');
    run.wall += changeMs;
    await run.pass(200);
    expect(reported()).toEqual(['web']);
    // Within the rate limit, which the change must not end.
    await run.pass(30_000);
    run.crash('web');
    run.crash('db');
    await run.pass(200);
    expect(reported()).toEqual(['web', 'db']);
    await run.pass(30_000);
    run.crash('web');
    await run.pass(200);
    expect(reported()).toEqual(['web', 'db', 'web']);
    await run.alerts.close();
  });

  test('neither delays digests nor loses a program of a storm', async () => {
    const run = new AlertsRun(folder, [], START);
    const names = Array.from({ length: 40 }, (_, index) => `p${String(index)}`);
    for (const [index, name] of names.entries()) {
      run.crash(name);
      await run.pass(1_000);
      if (index === 20) run.wall += changeMs;
    }
    await run.pass(MINUTE);
    expect(reported().toSorted()).toEqual(names.toSorted());
    await run.alerts.close();
  });

  test('makes no engine look at its clock more often', async () => {
    const run = new AlertsRun(folder, [], START);
    run.crash('web');
    await run.pass(200);
    run.wall += changeMs;
    const before = run.looks;
    await run.pass(MINUTE);
    expect(run.looks - before).toBeLessThan(20);
    await run.alerts.close();
  });

  test('between two engines silences nothing, and drops no event that the first did not consider', async () => {
    const log: EngineEvent[] = [];
    const first = new AlertsRun(folder, log, START);
    first.crash('web');
    await first.pass(200);
    first.crash('late', {}, false);
    await first.alerts.close();
    const second = new AlertsRun(folder, log, START + 1_000 + changeMs);
    await second.pass(200);
    second.crash('db');
    await second.pass(200);
    expect(reported()).toEqual(['web', 'late', 'db']);
    // Whatever the first engine stored, the rate limit ends.
    await second.pass(MINUTE);
    second.crash('web');
    await second.pass(200);
    expect(reported()).toEqual(['web', 'late', 'db', 'web']);
    await second.alerts.close();
  });
});
