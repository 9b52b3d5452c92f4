import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Alerts } from '../../../src/engine/alerts/alerts.ts';
import type { AlertSettings } from '../../../src/config/alerts/alerts-config.ts';
import type { AlertMessage } from '../../../src/protocol/alert.ts';
import type { EngineEvent } from '../../../src/protocol/engine-event.ts';
import { crash } from '../../support/alerts.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const YEAR = 365 * DAY;

const SETTINGS: AlertSettings = {
  channels: {
    email: null,
    webhook: { url: 'http://127.0.0.1:9/', secret: null, format: 'json', timeoutMs: 1_000 },
    desktop: null,
  },
  rateLimitMs: MINUTE,
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'healer-clock-'));
  // A delivery worker that delivers nothing, so that all messages stay on disk.
  writeFileSync(join(folder, 'worker.cjs'), 'process.stdin.resume();');
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

/** Alerts whose clocks a test controls. The events of all runs are in one log. */
class AlertsRun {
  readonly #log: EngineEvent[];
  readonly alerts: Alerts;
  wall: number;
  mono = 5_000;
  looks = 0;

  constructor(log: EngineEvent[], wall: number) {
    this.#log = log;
    this.wall = wall;
    this.alerts = new Alerts({
      instance: 'default',
      alertsFile: join(folder, 'alerts.json'),
      spoolDir: join(folder, 'spool'),
      deliveryPath: join(folder, 'worker.cjs'),
      now: () => this.wall,
      steadyNow: () => (this.looks += 1) && this.mono,
      lastSeq: () => log.at(-1)?.seq ?? 0,
      eventsAfter: (seq) => log.filter((event) => event.seq > seq),
      subjectOf: (name) => ({ name, notify: 'all' }),
      readTail: () => Promise.resolve([]),
      record: () => undefined,
    });
    this.alerts.load();
    this.alerts.start(SETTINGS);
  }

  /** Records a crash. `isSeen`: false if the engine is killed before it considers the event. */
  crash(process: string, isSeen = true): void {
    const event = crash(this.#log.length + 1, process, this.wall);
    this.#log.push(event);
    if (isSeen) this.alerts.onEvents([event]);
  }

  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 100) {
      this.wall += Math.min(100, left);
      this.mono += Math.min(100, left);
      await vi.advanceTimersByTimeAsync(Math.min(100, left));
    }
  }

  async close(): Promise<void> {
    await this.alerts.close();
  }
}

/** The programs in all messages on disk, in the order of their events. */
function reported(): string[] {
  const names = readdirSync(join(folder, 'spool', 'webhook')).filter((name) => name.endsWith('.json'));
  const messages = names
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
    .map((name) => JSON.parse(readFileSync(join(folder, 'spool', 'webhook', name), 'utf8')) as AlertMessage);
  return messages.flatMap((message) =>
    (message.form === 'alert' ? [message.alert] : message.alerts).map(({ process }) => process ?? ''),
  );
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
    const run = new AlertsRun([], START);
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
    await run.close();
  });

  test('neither delays digests nor loses a program of a storm', async () => {
    const run = new AlertsRun([], START);
    const names = Array.from({ length: 40 }, (_, index) => `p${String(index)}`);
    for (const [index, name] of names.entries()) {
      run.crash(name);
      await run.pass(1_000);
      if (index === 20) run.wall += changeMs;
    }
    await run.pass(MINUTE);
    expect(reported().toSorted()).toEqual(names.toSorted());
    await run.close();
  });

  test('makes no engine look at its clock more often', async () => {
    const run = new AlertsRun([], START);
    run.crash('web');
    await run.pass(200);
    run.wall += changeMs;
    const before = run.looks;
    await run.pass(MINUTE);
    expect(run.looks - before).toBeLessThan(20);
    await run.close();
  });

  test('between two engines silences nothing, and drops no event that the first did not consider', async () => {
    const log: EngineEvent[] = [];
    const first = new AlertsRun(log, START);
    first.crash('web');
    await first.pass(200);
    first.crash('late', false);
    await first.close();
    const second = new AlertsRun(log, START + 1_000 + changeMs);
    await second.pass(200);
    second.crash('db');
    await second.pass(200);
    expect(reported()).toEqual(['web', 'late', 'db']);
    // Whatever the first engine stored, the rate limit ends.
    await second.pass(MINUTE);
    second.crash('web');
    await second.pass(200);
    expect(reported()).toEqual(['web', 'late', 'db', 'web']);
    await second.close();
  });
});
