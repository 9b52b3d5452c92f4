import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { EngineEvent } from '../../../src/protocol/engine-event.ts';
import { ALERT_SETTINGS, AlertsFolder, AlertsRun } from '../../support/alerts-run.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Noon, local time. */
const NOON = new Date(2026, 5, 1, 12).getTime();

let folder: AlertsFolder;
beforeEach(() => {
  folder = new AlertsFolder();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
  folder[Symbol.dispose]();
});

const FAILED: Partial<EngineEvent> = { kind: 'failed', reason: 'gave up after 3 failures in a row', data: {} };
const COOLDOWN: Partial<EngineEvent> = { kind: 'cooldown-started', reason: 'in cooldown for 120 s', data: {} };

/** What messages say, one line each. */
function summaries(): string[] {
  return folder.messages().map((message) => {
    if (message.form === 'alert') return `${message.alert.kind} ${message.alert.process ?? ''}`;
    return `${message.cause ?? 'storm'}: ${message.alerts.map(({ kind, process }) => `${kind} ${process ?? ''}`).join(', ')}`;
  });
}

describe('a crash and what follows from it', () => {
  test.each([
    ['giving up', FAILED, 'healer does not retry automatically. Fix the cause, then start the program.'],
    ['a cooldown', COOLDOWN, 'The program is restarted once after the cooldown, with its counters reset.'],
  ])('such as %s are one message', async (_what, response, next) => {
    const run = new AlertsRun(folder, [], NOON);
    run.crash('web');
    run.crash('web', response);
    await run.pass(MINUTE);
    expect(summaries()).toEqual(['crash web']);
    expect(folder.alerts()[0]).toMatchObject({ done: [response.reason], next, heldBack: 0 });
    await run.alerts.close();
  });

  test('are two messages if the first was sent before, and the second says that it is final', async () => {
    const run = new AlertsRun(folder, [], NOON);
    run.crash('web');
    await run.pass(1_000);
    run.crash('web');
    run.crash('web', FAILED);
    await run.pass(1_000);
    expect(summaries()).toEqual(['crash web', 'restart-failed web']);
    await run.alerts.close();
  });

  test('of 20 programs are 20 alerts in one digest', async () => {
    const run = new AlertsRun(folder, [], NOON);
    for (let index = 0; index < 20; index += 1) {
      run.crash(`p${String(index)}`);
      run.crash(`p${String(index)}`, FAILED);
    }
    await run.pass(MINUTE);
    expect(folder.messages()).toHaveLength(1);
    expect(folder.alerts()).toHaveLength(20);
    await run.alerts.close();
  });
});

describe('what the rate limit held back', () => {
  test('is reported after ten minutes if no other alert reports it', async () => {
    const run = new AlertsRun(folder, [], NOON);
    for (let count = 0; count < 4; count += 1) {
      run.crash('web');
      await run.pass(1_000);
    }
    await run.pass(9 * MINUTE, 1_000);
    expect(summaries()).toEqual(['crash web']);
    await run.pass(MINUTE, 1_000);
    expect(summaries()).toEqual(['crash web', 'crash web']);
    const [, summary] = folder.alerts();
    expect(summary?.heldBack).toBe(2);
    expect(summary?.facts.at(-1)).toEqual(['Since the last alert', '3 × Process Crash']);
    await run.pass(2 * HOUR, MINUTE);
    expect(folder.messages()).toHaveLength(2);
    await run.alerts.close();
  });
});

describe('in quiet hours', () => {
  const SETTINGS = { ...ALERT_SETTINGS, quietHours: { fromMinute: 22 * 60, toMinute: 7 * 60 } };
  const NIGHT = new Date(2026, 5, 1, 23).getTime();

  test('alerts wait until the morning, and are one message that counts repeated ones', async () => {
    const run = new AlertsRun(folder, [], NIGHT, SETTINGS);
    for (let count = 0; count < 100; count += 1) {
      run.crash('web');
      if (count % 10 === 0) run.crash('db');
      await run.pass(MINUTE, 10_000);
    }
    expect(summaries()).toEqual([]);
    expect(run.alerts.status()).toMatchObject({ heldBack: 2, quietUntil: new Date(2026, 5, 2, 7).toISOString() });
    // 8 hours after the start of the test.
    await run.pass(8 * HOUR - 100 * MINUTE - 1_000, MINUTE);
    expect(summaries()).toEqual([]);
    await run.pass(2_000);
    expect(summaries()).toEqual(['quiet-hours: crash web, crash db']);
    expect(folder.alerts().reduce((sum, { heldBack }) => sum + heldBack + 1, 0)).toBe(110);
    await run.alerts.close();
  });

  test('an engine that is killed or shut down loses no alert', async () => {
    const log: EngineEvent[] = [];
    const killed = new AlertsRun(folder, log, NIGHT, SETTINGS);
    killed.crash('web');
    await killed.pass(MINUTE, 10_000);
    killed.crash('late', {}, false);
    vi.clearAllTimers();
    const closed = new AlertsRun(folder, log, killed.wall, SETTINGS);
    closed.crash('db');
    await closed.alerts.close();
    expect(summaries()).toEqual([]);
    const last = new AlertsRun(folder, log, closed.wall, SETTINGS);
    await last.pass(9 * HOUR, MINUTE);
    expect(summaries()).toEqual(['quiet-hours: crash web, crash late, crash db']);
    await last.alerts.close();
  });

  test.each([
    ['the settings end them', (run: AlertsRun) => run.alerts.configure(ALERT_SETTINGS)],
    ['the clock is set past their end', (run: AlertsRun) => void (run.wall += 9 * HOUR)],
  ])('alerts are sent within two minutes when %s', async (_what, end) => {
    const run = new AlertsRun(folder, [], NIGHT, SETTINGS);
    run.crash('web');
    await run.pass(MINUTE, 10_000);
    end(run);
    await run.pass(2 * MINUTE, 10_000);
    expect(summaries()).toEqual(['crash web']);
    await run.alerts.close();
  });

  test('outside of them, alerts are sent at once', async () => {
    const run = new AlertsRun(folder, [], NOON, SETTINGS);
    run.crash('web');
    await run.pass(200);
    expect(summaries()).toEqual(['crash web']);
    await run.alerts.close();
  });
});

describe('during maintenance', () => {
  test.each([
    ['a program that is up afterwards is not reported, and the next alert counts what was held back', 'up', []],
    ['a program that is stopped afterwards is not reported', 'off', []],
    ['a program that is down afterwards is reported', 'down', ['crash web']],
  ] as const)('%s', async (_what, is, expected) => {
    const run = new AlertsRun(folder, [], NOON);
    run.maintenanceMs = 30 * MINUTE;
    run.crash('web');
    run.maintenanceMs -= MINUTE;
    await run.pass(MINUTE, 10_000);
    run.crash('web');
    await run.pass(28 * MINUTE, 10_000);
    expect(summaries()).toEqual([]);
    run.maintenanceMs = null;
    run.condition = is === 'up' ? { is, forMs: 1 } : { is };
    await run.pass(2 * MINUTE, 1_000);
    expect(summaries()).toEqual(expected);
    await run.pass(HOUR, MINUTE);
    run.crash('web');
    await run.pass(1_000);
    expect(folder.alerts().at(-1)?.heldBack).toBe(is === 'down' ? 0 : 2);
    await run.alerts.close();
  });

  test('that an operator ends early, a program that is down is reported at once', async () => {
    const run = new AlertsRun(folder, [], NOON);
    run.maintenanceMs = 30 * MINUTE;
    run.condition = { is: 'down' };
    run.crash('web');
    await run.pass(MINUTE, 10_000);
    run.maintenanceMs = null;
    run.crash('web', { kind: 'released', reason: 'healing was resumed', data: {} });
    await run.pass(1_000);
    expect(summaries()).toEqual(['crash web']);
    await run.alerts.close();
  });
});

describe('a message about recovery', () => {
  const SETTINGS = { ...ALERT_SETTINGS, sendsRecovery: true };

  test('is sent once the program has been up for ten minutes without a fault', async () => {
    const run = new AlertsRun(folder, [], NOON, SETTINGS);
    run.crash('web');
    await run.pass(5 * MINUTE, 10_000);
    run.crash('web', { kind: 'unhealthy' });
    run.condition = { is: 'down' };
    await run.pass(20 * MINUTE, 10_000);
    expect(summaries()).toEqual(['crash web', 'health web']);
    run.condition = { is: 'up', forMs: 7 * MINUTE };
    await run.pass(11 * MINUTE, 10_000);
    expect(summaries()).toEqual(['crash web', 'health web']);
    run.condition = { is: 'up', forMs: 10 * MINUTE };
    await run.pass(3 * MINUTE, 10_000);
    expect(summaries()).toEqual(['crash web', 'health web', 'recovered web']);
    expect(folder.alerts().at(-1)).toMatchObject({ subject: 'web', reason: 'up without a fault for 10m 00s' });
    await run.pass(2 * HOUR, MINUTE);
    expect(folder.messages()).toHaveLength(3);
    await run.alerts.close();
  });

  test('is sent by the next engine if the first is killed', async () => {
    const log: EngineEvent[] = [];
    const killed = new AlertsRun(folder, log, NOON, SETTINGS);
    killed.crash('web');
    await killed.pass(MINUTE, 10_000);
    vi.clearAllTimers();
    const next = new AlertsRun(folder, log, killed.wall, SETTINGS);
    next.condition = { is: 'up', forMs: HOUR };
    await next.pass(15 * MINUTE, 10_000);
    expect(summaries()).toEqual(['crash web', 'recovered web']);
    await next.alerts.close();
  });

  test.each([
    ['without the setting', ALERT_SETTINGS, { is: 'up', forMs: HOUR }],
    ['about a program that was stopped on purpose', SETTINGS, { is: 'off' }],
  ] as const)('is not sent %s', async (_what, settings, condition) => {
    const run = new AlertsRun(folder, [], NOON, settings);
    run.condition = condition;
    run.crash('web');
    await run.pass(HOUR, MINUTE);
    run.condition = { is: 'up', forMs: HOUR };
    await run.pass(HOUR, MINUTE);
    expect(summaries()).toEqual(['crash web']);
    await run.alerts.close();
  });
});
