import { type ConfigProblem, formatProblem } from '../../config/reading/config-problem.ts';
import { alertFiles, readAlerts } from '../../config/alerts/read-alerts.ts';
import { pollSource } from '../../config/sources/poll-source.ts';
import type { AlertsStatus } from '../../protocol/snapshot.ts';
import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { Alerts } from '../alerts/alerts.ts';
import { type AlertingEngine, createAlerts } from './create-alerts.ts';
import type { Degradations } from '../core/degradations.ts';
import type { Records } from '../records/records.ts';

/** The alerts, kept in step with the files that configure them. An edit with an error in it changes nothing. */
export class Alerting {
  readonly #configDir: string;
  readonly #alerts: Alerts;
  readonly #records: Records;
  readonly #degradations: Degradations;
  #polls: readonly { close: () => void }[] = [];

  constructor(running: AlertingEngine & { readonly degradations: Degradations }) {
    this.#configDir = running.parts.paths.configDir;
    this.#alerts = createAlerts(running);
    this.#records = running.records;
    this.#degradations = running.degradations;
  }

  /** Where the last engine left off; gives what was wrong with that. To be called before the first event is told. */
  load(): string | null {
    return this.#alerts.load();
  }

  onEvents(events: readonly EngineEvent[]): void {
    this.#alerts.onEvents(events);
  }

  status(): AlertsStatus {
    return this.#alerts.status();
  }

  /** Every program is known: tell what there is to tell. */
  start(): void {
    // Polling starts before the files are read, so that no edit in between is missed.
    this.#polls = Object.values(alertFiles(this.#configDir)).map((file) => pollSource(file, () => this.#reload()));
    const { settings, problems } = readAlerts(this.#configDir, process.env);
    this.#report(problems, settings === null ? 'alerts wait until this is mended' : null);
    this.#alerts.start(settings);
    this.#records.commit();
  }

  async close(): Promise<void> {
    for (const poll of this.#polls) poll.close();
    await this.#alerts.close();
  }

  #reload(): void {
    const { settings, problems } = readAlerts(this.#configDir, process.env);
    this.#report(problems, settings === null ? 'the settings of before stay in force' : null);
    if (settings !== null) {
      this.#records.recordEngineEvent('config-changed', 'the settings of alerts changed');
      this.#alerts.configure(settings);
    }
    this.#records.commit();
  }

  #report(problems: readonly ConfigProblem[], consequence: string | null): void {
    for (const problem of problems)
      this.#records.recordEngineEvent('config-invalid', formatProblem(problem), { ...problem });
    const error = problems.find(({ severity }) => severity === 'error') ?? problems[0];
    if (error === undefined) this.#degradations.clear('alerts');
    else this.#degradations.set('alerts', [formatProblem(error), consequence].filter(Boolean).join('; '));
  }
}
