import { createTaskQueue, type TaskQueue } from '../../../base/task-queue.ts';
import { messageOf } from '../../../base/thrown.ts';
import { LineDecoder } from '../../../protocol/framing.ts';
import type {
  Channel,
  DeliveryCommand,
  DeliveryFailure,
  DeliveryReport,
  DeliveryStage,
} from '../../../protocol/alert-delivery.ts';
import { Attempts, type Task } from './attempts.ts';
import { leaveToSuccessor, replacePredecessor } from './replace-predecessor.ts';

/** How long the worker may take to send the remaining messages after the engine has exited. Answers are waited for longer. */
const FINISH_MS = 4_000;

/**
 * Delivers messages, one at a time for each channel. It runs in a process of its own, so that the engine stays small and
 * never waits for a mail server. It reads commands from standard input and writes reports to standard output.
 */
class DeliveryWorker {
  readonly #isReady: Promise<void>;
  readonly #queues = new Map<Channel, TaskQueue>();
  readonly #attempts: Attempts;
  #reportsStages = false;
  #hasLeft = false;
  readonly #notes: string[] = [];

  constructor(isReady: Promise<void>) {
    this.#isReady = isReady;
    this.#attempts = new Attempts({
      onStage: (channel, stage) => {
        if (this.#reportsStages) print({ channel, stage });
      },
      onNote: (note) => this.#notes.push(note),
    });
  }

  /** Queues a command; settings apply at once. */
  take(command: DeliveryCommand): void {
    if (command.kind === 'configure') {
      this.#attempts.configure(command.settings);
      return;
    }
    if (command.kind === 'report-stages') {
      this.#reportsStages = true;
      return;
    }
    const { channel } = command;
    const inTurn = this.#queues.get(channel) ?? createTaskQueue();
    this.#queues.set(channel, inTurn);
    void inTurn(async () => {
      await this.#isReady;
      if (!this.#hasLeft) await this.#perform(command);
    });
  }

  /** Resolves once all queued commands have been performed. */
  async finish(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((inTurn) => inTurn(() => Promise.resolve())));
    await this.#answers();
  }

  /** Leaves messages that were not sent to the next worker. Resolves once there are answers to those that were: they are not repeated. */
  async leave(spoolDir: string | undefined): Promise<void> {
    this.#hasLeft = true;
    if (spoolDir !== undefined) leaveToSuccessor(spoolDir, [...this.#attempts.sent.keys()]);
    await this.#answers();
  }

  async #answers(): Promise<void> {
    await Promise.all(this.#attempts.sent.values());
  }

  async #perform(task: Task): Promise<void> {
    this.#notes.length = 0;
    const failure = await this.#attempts.perform(task).catch((error: unknown): DeliveryFailure => {
      const message = messageOf(error);
      return { cause: 'other', scope: 'channel', message };
    });
    const file = task.kind === 'deliver' ? task.file : null;
    print({
      channel: task.channel,
      file,
      failure,
      ...(this.#notes.length === 0 ? {} : { note: this.#notes.join('; ') }),
    });
  }
}

function print(line: DeliveryReport | DeliveryStage): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function main(spoolDir: string | undefined): void {
  const delivery = new DeliveryWorker(spoolDir === undefined ? Promise.resolve() : replacePredecessor(spoolDir));
  const decoder = new LineDecoder();
  let isFinishing = false;
  const finish = (): void => {
    if (isFinishing) return;
    isFinishing = true;
    const exit = (): never => process.exit(0);
    setTimeout(() => void delivery.leave(spoolDir).then(exit), FINISH_MS);
    void delivery.finish().then(exit);
  };
  process.stdin.on('data', (chunk: Buffer) => {
    for (const frame of decoder.push(chunk)) {
      if (frame.kind === 'line') delivery.take(JSON.parse(frame.text) as DeliveryCommand);
    }
  });
  process.stdin.on('end', finish);
  process.stdin.on('error', finish);
  // The engine is gone; the current message is delivered all the same.
  process.stdout.on('error', () => undefined);
  process.on('SIGTERM', finish);
}

process.title = 'healer-courier';
// Ctrl-C and a closed terminal are handled by the engine.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
main(process.argv[2]);
