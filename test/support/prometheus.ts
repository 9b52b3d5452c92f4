import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';
import { requireTool } from './require-tool.ts';
import { waitFor } from './wait-for.ts';

const START_MS = 30_000;

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

/** A real Prometheus that scrapes an engine twice a second and evaluates the alert rules of the documentation. */
export class Prometheus implements AsyncDisposable {
  static readonly RULES = fileURLToPath(new URL('../../docs/alert-rules.yaml', import.meta.url));
  readonly #folder: string;
  readonly #url: string;
  readonly #child: ChildProcess;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#url = `http://127.0.0.1:${String(port)}`;
    const options = [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${String(port)}`,
    ];
    this.#child = spawn('prometheus', options, { stdio: 'ignore' });
  }

  static async open(enginePort: number): Promise<Prometheus> {
    requireTool('prometheus');
    const folder = mkdtempSync(join(tmpdir(), 'healer-prometheus-'));
    const config = `
global: { scrape_interval: 500ms, scrape_timeout: 500ms, evaluation_interval: 500ms }
rule_files: ['${Prometheus.RULES}']
scrape_configs:
  - job_name: healer
    static_configs: [{ targets: ['127.0.0.1:${String(enginePort)}'] }]
`;
    writeFileSync(join(folder, 'prometheus.yml'), config);
    const prometheus = new Prometheus(folder, await freePort());
    await waitFor(() => prometheus.#isReady(), 'Prometheus to be ready', START_MS);
    return prometheus;
  }

  /** Returns the series that an expression selects now. @throws Error for an invalid expression */
  async query(expression: string): Promise<readonly Series[]> {
    const { data, error } = await this.#get(`/api/v1/query?query=${encodeURIComponent(expression)}`);
    if (error !== undefined) throw new Error(`${expression}: ${error}`);
    return (data as { readonly result: readonly Series[] }).result;
  }

  /** Returns the value of the only series that an expression selects; null without one. */
  async value(expression: string): Promise<number | null> {
    const series = await this.query(expression);
    if (series.length > 1) throw new Error(`${expression} selects ${String(series.length)} series`);
    const [only] = series;
    return only === undefined ? null : Number(only.value[1]);
  }

  /** Returns the problem of each alert rule that cannot be evaluated. */
  async ruleProblems(): Promise<readonly string[]> {
    interface Rule {
      readonly name: string;
      readonly health: string;
      readonly lastError?: string;
    }
    const { data } = await this.#get('/api/v1/rules');
    const { groups } = data as { readonly groups: readonly { readonly rules: readonly Rule[] }[] };
    return groups
      .flatMap(({ rules }) => rules)
      .filter(({ health }) => health !== 'ok')
      .map(({ name, health, lastError = '' }) => `${name} is ${health}: ${lastError}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const isGone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await isGone;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #isReady(): Promise<boolean> {
    if (this.#child.exitCode !== null) throw new Error(`Prometheus exited with code ${String(this.#child.exitCode)}`);
    return await fetch(`${this.#url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  async #get(path: string): Promise<{ readonly data?: unknown; readonly error?: string }> {
    const response = await fetch(`${this.#url}${path}`);
    return (await response.json()) as { readonly data?: unknown; readonly error?: string };
  }
}
