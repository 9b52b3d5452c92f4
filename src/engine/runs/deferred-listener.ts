import type { LogGap, LogTransportListener, ProgramNotice, WitnessedExit } from '../logs/files/log-transport.ts';

/** Buffers the reports of the log transport until the engine can receive them: the transport is created first. */
export class DeferredListener implements LogTransportListener {
  #listener: LogTransportListener | null = null;
  readonly #held: ((listener: LogTransportListener) => void)[] = [];

  readonly onExit = (exit: WitnessedExit): void => this.#deliver((listener) => listener.onExit(exit));
  readonly onGap = (gap: LogGap): void => this.#deliver((listener) => listener.onGap(gap));
  readonly onNotice = (notice: ProgramNotice): void => this.#deliver((listener) => listener.onNotice?.(notice));
  readonly onTrouble = (message: string): void => this.#deliver((listener) => listener.onTrouble(message));

  /** Delivers the buffered reports, and every later one at once. */
  deliverTo(listener: LogTransportListener): void {
    this.#listener = listener;
    for (const call of this.#held.splice(0)) call(listener);
  }

  #deliver(call: (listener: LogTransportListener) => void): void {
    if (this.#listener === null) this.#held.push(call);
    else call(this.#listener);
  }
}
