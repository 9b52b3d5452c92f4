import { setTimeout as sleep } from 'node:timers/promises';
import { type DisplayView, judgeDisplay, mayLackDisplay, mentionsMissingDisplay } from '../../policy/display.ts';
import type { ExitFacts } from '../../policy/exit-facts.ts';
import type { Run } from '../../policy/lifecycle/state.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { LogLine } from '../../protocol/log-line.ts';

/** How long the last lines of a program take to reach its log. */
const OUTPUT_WAITS_MS: readonly number[] = [5, 10, 20, 40, 75];
/** An engine that has just started has a log collector that is still starting. */
const STARTING_MS = 5_000;
/** Added to the waits above while nothing that the program printed has reached its log. */
const STARTING_WAITS_MS: readonly number[] = [150, 300, 500, 500];
/** How long an X server that is shutting down keeps its socket after it disconnected its clients. */
const CLOSING_WAITS_MS: readonly number[] = [50, 100, 200, 300, 350];
/** A program whose output does not mention a display is not delayed again during this time. */
const PATIENCE_MS = 60_000;
const LAST_LINES = 20;

/** The run that exited. */
export type ExitedRun = Pick<Run, 'pid' | 'foreign'>;

/** What the check needs from the rest of the engine. */
export interface DisplayCheckPorts {
  readonly displayOf: (spec: ProcessSpec, run: ExitedRun) => DisplayView;
  readonly isGraphical: (id: string, run: ExitedRun) => boolean;
  /** Returns the last lines of the program's log, oldest first. */
  readonly readTail: (id: string, count: number) => Promise<readonly LogLine[]>;
  readonly now: () => number;
}

/** Finds out whether programs exited because their display is missing. */
export class DisplayCheck {
  readonly #ports: DisplayCheckPorts;
  /** When the output of a program was read in vain. */
  readonly #readInVain = new Map<string, number>();

  readonly #createdAt: number;

  constructor(ports: DisplayCheckPorts) {
    this.#ports = ports;
    this.#createdAt = ports.now();
  }

  /** Returns which display is missing, null if none is, or a promise if the output of the program has to be read. */
  examine(spec: ProcessSpec, exit: ExitFacts, run: ExitedRun): string | null | Promise<string | null> {
    if (!mayLackDisplay(spec, exit)) return null;
    const { displayOf, isGraphical } = this.#ports;
    const display = displayOf(spec, run);
    switch (judgeDisplay(spec, exit, display, () => isGraphical(spec.id, run))) {
      case 'missing':
        return display.reason;
      case 'not-missing':
        return null;
      case 'read-output':
        return this.#isPatient(spec.id) ? this.#readOutput(spec.id, exit, display.reason) : null;
      case 'read-output-and-wait':
        return this.#isPatient(spec.id) ? this.#readThenWait(spec, exit, run) : null;
      case 'wait':
        return this.#waitUntilClosed(spec, run);
    }
  }

  forget(id: string): void {
    this.#readInVain.delete(id);
  }

  #isPatient(id: string): boolean {
    return this.#ports.now() - (this.#readInVain.get(id) ?? -Infinity) > PATIENCE_MS;
  }

  async #readOutput(id: string, { atWall, uptimeMs }: ExitFacts, reason: string): Promise<string | null> {
    const since = atWall - uptimeMs;
    const isStarting = this.#ports.now() - this.#createdAt < STARTING_MS;
    const waits = isStarting ? [...OUTPUT_WAITS_MS, ...STARTING_WAITS_MS] : OUTPUT_WAITS_MS;
    let own: readonly LogLine[] = [];
    for (const [index, waitMs] of waits.entries()) {
      if (index >= OUTPUT_WAITS_MS.length && own.length > 0) break;
      await sleep(waitMs);
      const lines = await this.#ports.readTail(id, LAST_LINES).catch(() => []);
      own = lines.filter(({ time }) => time === null || Date.parse(time) >= since);
      if (mentionsMissingDisplay(own.map(({ text }) => text))) return reason;
    }
    this.#readInVain.set(id, this.#ports.now());
    return null;
  }

  async #readThenWait(spec: ProcessSpec, exit: ExitFacts, run: ExitedRun): Promise<string | null> {
    if ((await this.#readOutput(spec.id, exit, '')) === null) return null;
    return this.#waitUntilClosed(spec, run);
  }

  async #waitUntilClosed(spec: ProcessSpec, run: ExitedRun): Promise<string | null> {
    for (const waitMs of CLOSING_WAITS_MS) {
      const display = this.#ports.displayOf(spec, run);
      if (!display.isReachable) return display.reason;
      await sleep(waitMs);
    }
    return null;
  }
}
