import { alertFiles, type AlertsReading, readAlerts, settingsAfterEdit } from '../../config/alerts/read-alerts.ts';
import { certificateFiles } from '../../config/alerts/certificate-files.ts';
import type { AlertSettings } from '../../config/alerts/alerts-config.ts';
import { formatProblem } from '../../config/reading/config-problem.ts';
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
  #settings: AlertSettings | null = null;
  #polledFiles = '';
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
    this.#poll([]);
    const reading = readAlerts(this.#configDir, process.env);
    this.#report(reading, (channels) => `${channels} not sent until this is fixed`);
    this.#settings = reading.settings;
    this.#poll(certificateFilesOf(reading.settings));
    this.#alerts.start(reading.settings);
    this.#records.commit();
  }

  async close(): Promise<void> {
    this.#closePolls();
    await this.#alerts.close();
  }

  /** Follows edits of the settings, and of the certificates that they name. */
  #poll(certificates: readonly string[]): void {
    const files = [...Object.values(alertFiles(this.#configDir)), ...certificates];
    if (files.join('\n') === this.#polledFiles) return;
    this.#closePolls();
    this.#polledFiles = files.join('\n');
    this.#polls = files.map((file) => pollSource(file, () => this.#reload()));
  }

  #closePolls(): void {
    for (const poll of this.#polls) poll.close();
  }

  #reload(): void {
    const reading = readAlerts(this.#configDir, process.env);
    this.#report(
      reading,
      (channels) => `the previous settings stay in effect for ${channels.replace(/ (is|are)$/, '')}`,
    );
    const settings = settingsAfterEdit(reading, this.#settings);
    const isChanged = JSON.stringify(settings) !== JSON.stringify(this.#settings);
    if (isChanged) this.#records.recordEngineEvent('config-changed', 'the alert settings changed');
    this.#settings = settings;
    this.#poll(certificateFilesOf(settings));
    // An edit without a change may announce that a certificate file or a server was fixed.
    if (settings !== null) this.#alerts.configure(settings);
    this.#records.commit();
  }

  /** @param consequence returns what follows for "alerts by mail are" */
  #report({ problems, broken }: AlertsReading, consequence: (channels: string) => string): void {
    for (const problem of problems) {
      this.#records.recordEngineEvent('config-invalid', formatProblem(problem), { ...problem });
    }
    const error = problems.find(({ severity }) => severity === 'error') ?? problems[0];
    if (error === undefined) this.#degradations.clear('alerts');
    else {
      const effect = broken.length === 0 ? null : consequence(namesOf(broken));
      this.#degradations.set('alerts', [formatProblem(error), effect].filter(Boolean).join('; '));
    }
  }
}

function certificateFilesOf(settings: AlertSettings | null): readonly string[] {
  return settings === null ? [] : certificateFiles(settings.channels);
}

/** Returns the broken channels as the subject of a sentence: "alerts by mail and webhook are". */
function namesOf(broken: AlertsReading['broken']): string {
  if (broken.includes('general')) return 'alerts are';
  if (broken.length === 1) return `alerts by ${broken[0] === 'email' ? 'mail' : (broken[0] ?? '')} are`;
  return `alerts by ${broken.map((name) => (name === 'email' ? 'mail' : name)).join(' and ')} are`;
}
