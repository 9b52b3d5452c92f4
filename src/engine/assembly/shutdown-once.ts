import { HealerError } from '../../protocol/errors.ts';
import type { RestartMonitorResult, ShutdownResult } from '../../protocol/results/shutdown-result.ts';
import { Watchers } from '../core/watchers.ts';
import type { ShutdownOptions } from '../operations/shutdown.ts';

/** What happens after a completed shutdown: nothing, or the start of the next engine. */
export type Afterwards = 'exit' | 'start-again';

const KEEP: ShutdownOptions = { keep: true, timeoutMs: null };

/** Shuts the engine down once; later requests wait for the same shutdown. */
export class ShutdownOnce {
  readonly ended: Promise<Afterwards>;
  /** The shutdown begins; no program has been stopped yet. */
  readonly onBegin = new Watchers<[Afterwards]>();
  /** A later request allows the shutdown less time, in ms. */
  readonly onShortened = new Watchers<[timeoutMs: number]>();
  readonly #shutDown: (options: ShutdownOptions) => Promise<ShutdownResult>;
  #end: (afterwards: Afterwards) => void = () => undefined;
  #result: Promise<ShutdownResult> | undefined;

  constructor(shutDown: (options: ShutdownOptions) => Promise<ShutdownResult>) {
    this.#shutDown = shutDown;
    this.ended = new Promise((settle) => (this.#end = settle));
  }

  /** Begins the shutdown, or waits for the one that has begun. A timeout then limits what is left of it. */
  shutdown(options: ShutdownOptions): Promise<ShutdownResult> {
    if (this.#result === undefined) this.#result = this.#begin(options, 'exit');
    else if (options.timeoutMs !== null) this.onShortened.emit(options.timeoutMs);
    return this.#result;
  }

  get hasBegun(): boolean {
    return this.#result !== undefined;
  }

  /**
   * Shuts the engine down for the next one, after what it leaves to that one is prepared. A failure of the preparation is ignored.
   * @throws HealerError INVALID_STATE when the engine is already shutting down
   */
  async restart(prepare: () => Promise<void> = () => Promise.resolve()): Promise<RestartMonitorResult> {
    if (this.#result !== undefined) throw new HealerError('INVALID_STATE', 'the engine is already shutting down');
    const begin = (): Promise<ShutdownResult> => this.#begin(KEEP, 'start-again');
    this.#result = prepare().then(begin, begin);
    const { kept } = await this.#result;
    return { pid: process.pid, kept };
  }

  async #begin(options: ShutdownOptions, afterwards: Afterwards): Promise<ShutdownResult> {
    this.onBegin.emit(afterwards);
    const result = await this.#shutDown(options);
    // The response is sent first.
    setImmediate(() => this.#end(afterwards));
    return result;
  }
}
