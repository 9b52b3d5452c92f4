import { closeSync } from 'node:fs';
import { type Libc } from '../../../base/libc.ts';
import { LineDecoder } from '../../../protocol/framing.ts';
import { LineOutbox } from '../files/line-outbox.ts';
import { readOnce } from '../files/read-available.ts';
import { openFifo } from '../files/run-pipes.ts';
import { ensureFifo } from '../files/make-fifo.ts';
import type { CollectorPaths } from '../files/collector-paths.ts';
import { type CollectorCommand, type CollectorReport, parseCommand } from '../files/messages.ts';

/** Limit of unread reports for a frozen engine; it requests what it needs when it attaches. */
const MAX_WAITING_BYTES = 1024 * 1024;

/** The two FIFOs between the log collector and its engine. */
export class EngineLine {
  readonly commandsFd: number;
  readonly #reportsFd: number;
  readonly #outbox: LineOutbox;
  readonly #onGarbage: (text: string) => void;
  readonly #decoder = new LineDecoder();
  readonly #buffer = Buffer.allocUnsafeSlow(64 * 1024);
  #isAttached = false;

  constructor(paths: CollectorPaths, libc: Libc, onGarbage: (text: string) => void) {
    ensureFifo(paths.commands, libc);
    ensureFifo(paths.reports, libc);
    this.commandsFd = openFifo(paths.commands);
    // Open for reading as well, so that an exiting engine does not cause SIGPIPE in the log collector.
    this.#reportsFd = openFifo(paths.reports);
    this.#outbox = new LineOutbox(this.#reportsFd);
    this.#onGarbage = onGarbage;
  }

  close(): void {
    closeSync(this.commandsFd);
    closeSync(this.#reportsFd);
  }

  get isFlushed(): boolean {
    return this.#outbox.waitingBytes === 0;
  }

  read(): CollectorCommand[] {
    const commands: CollectorCommand[] = [];
    for (;;) {
      const count = readOnce(this.commandsFd, this.#buffer);
      if (count === 0) return commands;
      for (const frame of this.#decoder.push(this.#buffer.subarray(0, count))) {
        const command = frame.kind === 'line' ? parseCommand(frame.text) : null;
        if (command !== null) commands.push(command);
        else this.#onGarbage(frame.kind === 'line' ? frame.text : 'a message that exceeds the size limit');
      }
    }
  }

  /** Starts sending to a new engine. The empty line terminates a message that the previous engine read only in part. */
  attach(): void {
    this.#outbox.forget();
    this.#outbox.send('');
    this.#isAttached = true;
  }

  detach(): void {
    this.#isAttached = false;
    this.#outbox.forget();
  }

  send(report: CollectorReport): void {
    if (!this.#isAttached || this.#outbox.waitingBytes > MAX_WAITING_BYTES) return;
    this.#outbox.send(JSON.stringify(report));
  }

  flush(): void {
    this.#outbox.flush();
  }
}
