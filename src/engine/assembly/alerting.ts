import { alertFiles, readAlerts } from '../../config/alerts/read-alerts.ts';
import { type ConfigProblem, formatProblem } from '../../config/reading/config-problem.ts';
import { pollSource } from '../../config/sources/poll-source.ts';
import type { AlertsStatus } from '../../protocol/snapshot.ts';
import type { Alerts } from '../alerts/alerts.ts';
import type { Degradations } from '../core/degradations.ts';
import type { Records } from '../records/records.ts';
import { type AlertingEngine, createAlerts } from './create-alerts.ts';

/** Keeps the alerts in step with the files that configure them. An edit with an error in it changes nothing. */
export class Alerting {
  readonly #configDir: string;
  readonly #alerts: Alerts;
  readonly #records: Records;
  readonly #degradations: Degradations;
  #polls: readonly { close: () => void }[] = [];

  constructor(running: AlertingEngine & { readonly degradations: Degradations }) {
    this.#configDir = running.paths.configDir;
    this.#alerts = createAlerts(running);
    this.#records = running.records;
    this.#degradations = running.degradations;
    this.#records.onEvents.add((events) => this.#alerts.onEvents(events));
  }

  /** Loads the queue that the previous engine left and returns what was wrong with it. Call it before the first commit. */
  load(): string | null {
    return this.#alerts.load();
  }

  status(): AlertsStatus {
    return this.#alerts.status();
  }

  /** Starts sending alerts. Call it once all programs are known. */
  start(): void {
    // Polling starts before the files are read, so that no edit in between is missed.
    this.#polls = Object.values(alertFiles(this.#configDir)).map((file) => pollSource(file, () => this.#reload()));
    const { settings, problems } = readAlerts(this.#configDir, process.env);
    this.#report(problems, settings === null ? 'alerts are not sent until this is fixed' : null);
    this.#alerts.start(settings);
    this.#records.commit();
  }

  async close(): Promise<void> {
    for (const poll of this.#polls) poll.close();
    await this.#alerts.close();
  }

  #reload(): void {
    const { settings, problems } = readAlerts(this.#configDir, process.env);
    this.#report(problems, settings === null ? 'the previous settings stay in effect' : null);
    if (settings !== null) {
      this.#records.recordEngineEvent('config-changed', 'the alert settings changed');
      this.#alerts.configure(settings);
    }
    this.#records.commit();
  }

  #report(problems: readonly ConfigProblem[], consequence: string | null): void {
    for (const problem of problems) {
      this.#records.recordEngineEvent('config-invalid', formatProblem(problem), { ...problem });
    }
    const error = problems.find(({ severity }) => severity === 'error') ?? problems[0];
    if (error === undefined) this.#degradations.clear('alerts');
    else this.#degradations.set('alerts', [formatProblem(error), consequence].filter(Boolean).join('; '));
  }
}
