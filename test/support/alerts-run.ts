import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { Alerts } from '../../src/engine/alerts/alerts.ts';
import type { AlertSettings } from '../../src/config/alerts/alerts-config.ts';
import type { Condition } from '../../src/policy/alerts/summaries.ts';
import type { Alert, AlertMessage } from '../../src/protocol/alert.ts';
import type { EngineEvent } from '../../src/protocol/engine-event.ts';
import { crash } from './alerts.ts';

/** Alerts for a webhook, with a rate limit of a minute. */
export const ALERT_SETTINGS: AlertSettings = {
  channels: {
    email: null,
    webhook: { url: 'http://127.0.0.1:9/', secret: null, format: 'json', timeoutMs: 1_000 },
    desktop: null,
  },
  rateLimitMs: 60_000,
};

/** A folder for the files of alerts, with a delivery worker that delivers nothing: all messages stay on disk. */
export class AlertsFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'healer-alerts-run-'));
  readonly worker = join(this.path, 'worker.cjs');

  constructor() {
    writeFileSync(this.worker, 'process.stdin.resume();');
  }

  /** Returns all messages in the order of their first events. */
  messages(): AlertMessage[] {
    const folder = join(this.path, 'spool', 'webhook');
    const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
    return names
      .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10) || a.length - b.length)
      .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as AlertMessage);
  }

  alerts(): Alert[] {
    return this.messages().flatMap((message) => (message.form === 'alert' ? [message.alert] : message.alerts));
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** The alerts of an engine whose clocks a test controls, with fake timers. The events of all its engines are in one log. */
export class AlertsRun {
  readonly #log: EngineEvent[];
  readonly alerts: Alerts;
  wall: number;
  mono = 5_000;
  /** How often the monotonic clock was read. */
  looks = 0;
  condition: Condition = { is: 'off' };
  maintenanceMs: number | null = null;

  constructor(folder: AlertsFolder, log: EngineEvent[], wall: number, settings: AlertSettings = ALERT_SETTINGS) {
    this.#log = log;
    this.wall = wall;
    this.alerts = new Alerts({
      instance: 'default',
      alertsFile: join(folder.path, 'alerts.json'),
      spoolDir: join(folder.path, 'spool'),
      deliveryPath: folder.worker,
      now: () => this.wall,
      steadyNow: () => (this.looks += 1) && this.mono,
      lastSeq: () => log.at(-1)?.seq ?? 0,
      eventsAfter: (seq) => log.filter((event) => event.seq > seq),
      subjectOf: (name) => ({ name, notify: 'all' }),
      facts: { conditionOf: () => this.condition, maintenanceOf: () => this.maintenanceMs },
      readTail: () => Promise.resolve([]),
      record: () => undefined,
    });
    this.alerts.load();
    this.alerts.start(settings);
  }

  /** Records a crash, or another event. `isSeen`: false if the engine is killed before it considers the event. */
  crash(process: string, changes: Partial<EngineEvent> = {}, isSeen = true): void {
    const event = crash((this.#log.at(-1)?.seq ?? 0) + 1, process, this.wall, changes);
    this.#log.push(event);
    if (isSeen) this.alerts.onEvents([event]);
  }

  async pass(ms: number, stepMs = 100): Promise<void> {
    for (let left = ms; left > 0; left -= stepMs) {
      const step = Math.min(stepMs, left);
      this.wall += step;
      this.mono += step;
      await vi.advanceTimersByTimeAsync(step);
    }
  }
}
