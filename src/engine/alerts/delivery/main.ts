import { messageOf } from '../../../base/thrown.ts';
import { LineDecoder } from '../../../protocol/framing.ts';
import type {
  Channel,
  ChannelSettings,
  DeliveryCommand,
  DeliveryReport,
  DeliveryFailure,
} from '../../../protocol/alert-delivery.ts';
import { deliver, deliverFile, verify } from './deliver.ts';
import { succeed } from './predecessor.ts';

/** How long it goes on without whoever started it: for the message in hand, and for those of a shutdown. */
const ALONE_MS = 4_000;

type Order = Exclude<DeliveryCommand, { kind: 'configure' }>;

/**
 * Sends what it is told to, one message at a time for each channel, in a process of its own: the engine stays small, and
 * no mail server can make it wait. Commands come in on standard input, reports go out on standard output.
 */
class DeliveryWorker {
  readonly #isReady: Promise<void>;
  readonly #queues = new Map<Channel, Promise<void>>();
  #settings: ChannelSettings = { email: null, webhook: null, desktop: null };

  constructor(isReady: Promise<void>) {
    this.#isReady = isReady;
  }

  take(command: DeliveryCommand): void {
    if (command.kind === 'configure') {
      this.#settings = command.settings;
      return;
    }
    const before = this.#queues.get(command.channel) ?? this.#isReady;
    this.#queues.set(
      command.channel,
      before.then(() => this.#carryOut(command)),
    );
  }

  async finish(): Promise<void> {
    await Promise.all(this.#queues.values());
  }

  async #carryOut(order: Order): Promise<void> {
    const failure = await this.#attempt(order).catch((error: unknown): DeliveryFailure => {
      const message = messageOf(error);
      return { cause: 'other', scope: 'channel', message };
    });
    const file = order.kind === 'deliver' ? order.file : null;
    const report: DeliveryReport = { channel: order.channel, file, failure };
    process.stdout.write(`${JSON.stringify(report)}\n`);
  }

  #attempt(order: Order): Promise<DeliveryFailure | null> {
    switch (order.kind) {
      case 'deliver':
        return deliverFile(order.channel, order.file, this.#settings);
      case 'try':
        return deliver(order.channel, order.message, this.#settings);
      case 'verify':
        return verify(order.channel, this.#settings);
    }
  }
}

function main(spoolDir: string | undefined): void {
  const delivery = new DeliveryWorker(spoolDir === undefined ? Promise.resolve() : succeed(spoolDir));
  const decoder = new LineDecoder();
  let isEnding = false;
  const end = (): void => {
    if (isEnding) return;
    isEnding = true;
    setTimeout(() => process.exit(0), ALONE_MS).unref();
    void delivery.finish().then(() => process.exit(0));
  };
  process.stdin.on('data', (chunk: Buffer) => {
    for (const frame of decoder.push(chunk)) {
      if (frame.kind === 'line') delivery.take(JSON.parse(frame.text) as DeliveryCommand);
    }
  });
  process.stdin.on('end', end);
  process.stdin.on('error', end);
  // Nobody listens any more; the message in hand is finished all the same.
  process.stdout.on('error', () => undefined);
  process.on('SIGTERM', end);
}

process.title = 'healer-courier';
// A Ctrl-C or a closed terminal is meant for the engine.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
main(process.argv[2]);
