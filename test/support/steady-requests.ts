import { request } from 'node:http';

/** Sends requests at a steady rate, each on a connection of its own, and counts how they end. */
export class SteadyRequests implements AsyncDisposable {
  /** The bodies of the answers, with the number of each. */
  readonly answers = new Map<string, number>();
  readonly failures: string[] = [];
  readonly #target: { readonly port: number } | { readonly socketPath: string };
  readonly #timer: NodeJS.Timeout;
  readonly #open = new Set<Promise<void>>();

  constructor(target: { readonly port: number } | { readonly socketPath: string }, perSecond: number) {
    this.#target = target;
    const tickMs = 10;
    const perTick = Math.max(1, Math.round((perSecond * tickMs) / 1000));
    this.#timer = setInterval(() => {
      for (let count = 0; count < perTick; count++) this.#send();
    }, tickMs);
  }

  get answered(): number {
    return [...this.answers.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Stops, and resolves once every request has ended. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#open);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }

  #send(): void {
    const sent = new Promise<void>((resolve) => {
      const call = request({ host: '127.0.0.1', ...this.#target, agent: false, timeout: 15_000 }, (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () => {
          this.answers.set(body, (this.answers.get(body) ?? 0) + 1);
          resolve();
        });
        response.on('error', (error) => this.#fail(error, resolve));
      });
      call.on('timeout', () => call.destroy(new Error('no answer')));
      call.on('error', (error) => this.#fail(error, resolve));
      call.end();
    });
    this.#open.add(sent);
    void sent.then(() => this.#open.delete(sent));
  }

  #fail(error: Error, resolve: () => void): void {
    this.failures.push((error as NodeJS.ErrnoException).code ?? error.message);
    resolve();
  }
}
