import { runKey, type RunRef } from '../../../protocol/run.ts';
import { readProcStat } from '../../../base/proc-stat.ts';
import type { ReceivedMessage } from '../../../base/socket-messages.ts';

/** What a program last stated about itself: the next engine has to know it. */
const LASTING = ['READY', 'STATUS', 'MAINPID', 'RELOADING', 'STOPPING', 'WATCHDOG_USEC'];
/** Processes between the sender and the main process of its run. */
const MAX_GENERATIONS = 16;

/** A notification, attributed to the run that sent it if this process knows that run. */
export interface Notice {
  readonly run: RunRef | null;
  readonly pid: number;
  readonly text: string;
  /** Whether it was sent before this engine attached. */
  readonly isRepeated: boolean;
}

interface NoticesParts {
  /** Returns the run whose main process has this pid. */
  readonly runOf: (pid: number) => RunRef | null;
  readonly onNotice: (notice: Notice) => void;
}

/** The notifications of programs (sd_notify(3)). What they last stated is kept as long as their runs last. */
export class Notices {
  readonly #parts: NoticesParts;
  readonly #lasting = new Map<string, { readonly run: RunRef; readonly values: Map<string, string> }>();

  constructor(parts: NoticesParts) {
    this.#parts = parts;
  }

  /** Takes a message from the notification socket. One without a sender is of no use. */
  receive({ bytes, sender }: ReceivedMessage): void {
    if (sender === null) return;
    const text = bytes.toString('utf8');
    const run = this.#findRun(sender.pid);
    if (run !== null) this.#keep(run, text);
    this.#parts.onNotice({ run, pid: sender.pid, text, isRepeated: false });
  }

  /** Notes that a run became ready by other means. */
  becameReady(run: RunRef, pid: number): void {
    this.#keep(run, 'READY=1');
    this.#parts.onNotice({ run, pid, text: 'READY=1', isRepeated: false });
  }

  /** Reports what every run last stated, to an engine that has just attached. */
  repeat(): void {
    for (const { run, values } of this.#lasting.values()) {
      const text = [...values].map(([name, value]) => `${name}=${value}`).join('\n');
      this.#parts.onNotice({ run, pid: 0, text, isRepeated: true });
    }
  }

  forget(run: RunRef): void {
    this.#lasting.delete(runKey(run));
  }

  /** Looks for the main process among the sender, the leader of its session, and its ancestors. */
  #findRun(sender: number): RunRef | null {
    let pid = sender;
    for (let generation = 0; generation < MAX_GENERATIONS && pid > 1; generation++) {
      const run = this.#parts.runOf(pid);
      if (run !== null) return run;
      const stat = readProcStat(pid);
      if (stat === null) return null;
      const ofSession = this.#parts.runOf(stat.sessionId);
      if (ofSession !== null) return ofSession;
      pid = stat.parentPid;
    }
    return null;
  }

  #keep(run: RunRef, text: string): void {
    const known = this.#lasting.get(runKey(run)) ?? { run, values: new Map<string, string>() };
    for (const line of text.split('\n')) {
      const at = line.indexOf('=');
      const name = line.slice(0, Math.max(0, at));
      if (!LASTING.includes(name)) continue;
      if (name === 'READY') known.values.delete('RELOADING');
      known.values.set(name, line.slice(at + 1));
    }
    if (known.values.size > 0) this.#lasting.set(runKey(run), known);
  }
}
