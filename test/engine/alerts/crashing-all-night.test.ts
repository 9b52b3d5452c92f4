import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AlertMessage } from '../../../src/protocol/alert.ts';
import type { EngineEvent } from '../../../src/protocol/engine-event.ts';
import { AlertsFolder, AlertsRun } from '../../support/alerts-run.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Five crashes within 12 s, a cooldown of 120 s, and again. */
const CYCLE = [
  [0, 'crashed'],
  [1, 'crashed'],
  [3, 'crashed'],
  [6, 'crashed'],
  [12, 'crashed'],
  [12, 'cooldown-started'],
] as const;
const CYCLE_S = 145;
/** Time passes in larger steps than crashes happen, which is faster. */
const STEP_S = 10;
const START = Date.UTC(2026, 5, 1, 22);

let folder: AlertsFolder;
beforeEach(() => {
  folder = new AlertsFolder();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
  folder[Symbol.dispose]();
});

/** Lets programs crash for a time. Programs begin one after the other, within five minutes. Returns the number of faults. */
async function crashFor(
  ms: number,
  programs: number,
  run: AlertsRun,
  log: readonly EngineEvent[],
  sinceS = 0,
): Promise<number> {
  let faults = 0;
  let seen = log.length;
  for (let second = sinceS; second < sinceS + ms / SECOND; second += 1) {
    for (let index = 0; index < programs; index += 1) {
      const age = second - Math.floor((index * 300) / programs);
      if (age < 0) continue;
      for (const [at, kind] of CYCLE) {
        if (age % CYCLE_S !== at) continue;
        const changes = kind === 'crashed' ? {} : { reason: 'in cooldown', data: {} };
        run.crash(`p${String(index)}`, { kind, ...changes }, false);
        faults += 1;
      }
    }
    if (second % STEP_S !== STEP_S - 1) continue;
    // As the engine reports the events of a turn.
    run.alerts.onEvents(log.slice(seen));
    seen = log.length;
    await run.pass(STEP_S * SECOND, STEP_S * SECOND);
  }
  return faults;
}

/** The number of faults that messages report: each alert, and those that it counts. */
function reportedFaults(messages: readonly AlertMessage[]): number {
  const alerts = messages.flatMap((message) => (message.form === 'alert' ? [message.alert] : message.alerts));
  // A cooldown that joined the alert about the crash.
  const joined = alerts.flatMap(({ kind, done }) =>
    kind === 'crash' ? done.filter((each) => each === 'in cooldown') : [],
  );
  return joined.length + alerts.reduce((sum, { heldBack }) => sum + heldBack + 1, 0);
}

test('200 programs that crash for eight hours cause few mails, which name all programs and count all faults', async () => {
  const log: EngineEvent[] = [];
  const first = new AlertsRun(folder, log, START);
  const before = await crashFor(3 * HOUR, 200, first, log);
  // The engine is killed, and the next one continues.
  const lastSeq = log.at(-1)?.seq ?? 0;
  vi.clearAllTimers();
  const second = new AlertsRun(folder, log, first.wall);
  const after = await crashFor(5 * HOUR, 200, second, log, (3 * HOUR) / SECOND);
  const atNight = folder.messages().length;
  expect(atNight).toBeLessThanOrEqual(40);
  expect(new Set(folder.alerts().map(({ process }) => process)).size).toBe(200);
  expect(log.at(-1)?.seq).toBeGreaterThan(lastSeq);
  // Once they have been calm, the rest is reported.
  await second.pass(2 * HOUR, MINUTE);
  expect(reportedFaults(folder.messages())).toBe(before + after);
  const later = folder.messages().length;
  expect(later - atNight).toBeLessThanOrEqual(5);
  // Nothing more is sent about them.
  await second.pass(23 * HOUR, 10 * MINUTE);
  expect(folder.messages()).toHaveLength(later);
  await second.alerts.close();
});

test('a program that crashes for days is reported less and less often, and once a day in the end', async () => {
  const run = new AlertsRun(folder, [], START);
  const counts: number[] = [];
  let faults = 0;
  for (let day = 0; day < 5; day += 1) {
    const before = folder.messages().length;
    for (let at = 0; at < 23 * HOUR; at += 10 * MINUTE) {
      run.crash('web');
      faults += 1;
      await run.pass(10 * MINUTE, 10 * MINUTE);
    }
    counts.push(folder.messages().length - before);
  }
  expect(counts[0]).toBeLessThanOrEqual(14);
  expect(counts.slice(2)).toEqual([1, 1, 1]);
  // After an hour without a fault, the rest is reported, and the next crash is news.
  await run.pass(2 * HOUR, MINUTE);
  expect(reportedFaults(folder.messages())).toBe(faults);
  const before = folder.messages().length;
  run.crash('web');
  await run.pass(SECOND);
  expect(folder.messages()).toHaveLength(before + 1);
  await run.alerts.close();
});
