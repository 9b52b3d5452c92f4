import { HealerError } from '../../protocol/errors.ts';
import type { RestartMonitorResult, ShutdownResult } from '../../protocol/results/shutdown-result.ts';
import type { RunningEngine } from './running-engine.ts';
import type { ShutdownOptions } from '../operations/shutdown.ts';

/** What follows when all is put away: nothing, or the next engine. */
export type Afterwards = 'rest' | 'start-again';

const KEEP: ShutdownOptions = { keep: true, timeoutMs: null };

/** How the engine ends: told once, and whoever tells it later waits for the same end. */
export class ShutdownOnce {
  readonly ended: Promise<Afterwards>;
  readonly #running: RunningEngine;
  readonly #onBegin: (afterwards: Afterwards) => void;
  #end: (afterwards: Afterwards) => void = () => undefined;
  #goingDown: Promise<ShutdownResult> | undefined;

  /** @param onBegin what has to be done before the programs are told to end */
  constructor(running: RunningEngine, onBegin: (afterwards: Afterwards) => void) {
    this.#running = running;
    this.#onBegin = onBegin;
    this.ended = new Promise((settle) => (this.#end = settle));
  }

  shutdown(options: ShutdownOptions): Promise<ShutdownResult> {
    this.#goingDown ??= this.#goDown(options, 'rest');
    return this.#goingDown;
  }

  /** @throws HealerError INVALID_STATE when the engine is going down already */
  async restart(): Promise<RestartMonitorResult> {
    if (this.#goingDown !== undefined) throw new HealerError('INVALID_STATE', 'the engine is going down');
    this.#goingDown = this.#goDown(KEEP, 'start-again');
    const { kept } = await this.#goingDown;
    return { pid: process.pid, kept };
  }

  async #goDown(options: ShutdownOptions, afterwards: Afterwards): Promise<ShutdownResult> {
    this.#onBegin(afterwards);
    const result = await this.#running.shutdown(options);
    // Behind the answer to whoever asked.
    setImmediate(() => this.#end(afterwards));
    return result;
  }
}
