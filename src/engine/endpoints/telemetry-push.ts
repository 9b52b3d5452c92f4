import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { bareUrl } from '../../base/bare-url.ts';
import { type TelemetryTarget, telemetryTargetOf } from '../../config/registry/telemetry-settings.ts';
import { type FigureFacts, figuresOf } from '../../policy/figures.ts';
import { toHealerError } from '../../protocol/errors.ts';
import type { RunningEngine } from '../assembly/running-engine.ts';
import type { OtlpExporter } from './otlp-exporter.ts';

const PART = 'telemetry';
/** Longest wait for a collector that does not respond. */
const TIMEOUT_MS = 5_000;
/** How long a shutdown waits for the last push. */
const LAST_PUSH_MS = 1_000;

type MeasuredEngine = Pick<RunningEngine, 'sources' | 'degradations' | 'status'>;

/**
 * Pushes the metrics to an OpenTelemetry collector if one is configured. OpenTelemetry is not loaded before that. Nothing
 * waits for the collector; while it is unreachable, this is reported as a degradation.
 */
export class TelemetryPush {
  readonly #running: MeasuredEngine;
  readonly #facts: () => FigureFacts;
  readonly #stopWatching: () => void;
  #wanted = '';
  #exporter: Promise<OtlpExporter> | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isPushing = false;

  constructor(running: MeasuredEngine, facts: () => FigureFacts) {
    this.#running = running;
    this.#facts = facts;
    this.#stopWatching = running.sources.onLoaded.add(() => this.#keepUp());
    this.#keepUp();
  }

  /**
   * Stops. Unless another engine follows at once, what has changed since the last push is pushed first. Resolves within a
   * second, even if the collector does not respond.
   */
  async close({ isFollowed }: { readonly isFollowed: boolean }): Promise<void> {
    this.#stopWatching();
    clearInterval(this.#timer);
    if (this.#exporter !== null && !isFollowed) {
      const last = this.#send(this.#exporter).catch(() => undefined);
      await Promise.race([last, sleep(LAST_PUSH_MS, undefined, { ref: false })]);
    }
    this.#stop();
  }

  #keepUp(): void {
    const { sources, degradations } = this.#running;
    try {
      const target = telemetryTargetOf(sources.settings, process.env);
      const wanted = JSON.stringify(target);
      if (wanted === this.#wanted) return;
      this.#wanted = wanted;
      this.#stop();
      degradations.clear(PART);
      if (target !== null) this.#start(target);
    } catch (error) {
      // The next setting always counts as a change.
      this.#wanted = '';
      this.#stop();
      degradations.set(PART, `metrics are not pushed: ${toHealerError(error).message}`);
    }
  }

  #start(target: TelemetryTarget): void {
    const { url, intervalMs } = target;
    this.#exporter = this.#load(url, Math.min(TIMEOUT_MS, intervalMs));
    const push = (): void => void this.#push(bareUrl(url));
    this.#timer = setInterval(push, intervalMs).unref();
    push();
  }

  async #load(url: string, timeoutMs: number): Promise<OtlpExporter> {
    const { createOtlpExporter } = await import('./otlp-exporter.ts');
    const { instance, version } = this.#running.status.read();
    const hostName = hostname();
    return createOtlpExporter(url, timeoutMs, {
      instanceId: `${hostName}/${instance}`,
      hostName,
      version,
    });
  }

  /**
   * Pushes one at a time. Data that a slow collector misses is included in the next push, because sums only increase.
   */
  async #push(shown: string): Promise<void> {
    const exporter = this.#exporter;
    if (this.#isPushing || exporter === null) return;
    this.#isPushing = true;
    const problem = await this.#problemOf(exporter, shown);
    this.#isPushing = false;
    // The result for a collector that is no longer configured does not matter.
    if (exporter !== this.#exporter) return;
    const { degradations } = this.#running;
    if (problem === null) degradations.clear(PART);
    else degradations.set(PART, problem);
  }

  /** Pushes, and returns what went wrong, or null. */
  async #problemOf(exporter: Promise<OtlpExporter>, shown: string): Promise<string | null> {
    try {
      const complaint = await this.#send(exporter);
      return complaint === null ? null : `metrics pushed to ${shown} were not all accepted: ${complaint}`;
    } catch (error) {
      return `cannot push metrics to ${shown}: ${toHealerError(error).message}; the next push includes them`;
    }
  }

  async #send(loading: Promise<OtlpExporter>): Promise<string | null> {
    const exporter = await loading;
    const facts = this.#facts();
    return exporter.push(figuresOf(facts), facts.nowMs);
  }

  #stop(): void {
    clearInterval(this.#timer);
    void this.#exporter?.then((exporter) => exporter.close()).catch(() => undefined);
    this.#exporter = null;
  }
}
