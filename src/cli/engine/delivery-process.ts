import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { HealerError } from '../../protocol/errors.ts';
import { LineDecoder } from '../../protocol/framing.ts';
import type { ChannelSettings, DeliveryCommand, DeliveryReport } from '../../protocol/alert-delivery.ts';

/** The bundle of the delivery worker, in the same folder as that of the command line. */
const DELIVERY = fileURLToPath(new URL('./courier.js', import.meta.url));

/** A delivery worker that belongs to a command and works without an engine. */
export interface DeliveryProcess extends Disposable {
  /** Sends one command at a time. @throws HealerError INTERNAL if the delivery worker exits */
  ask(command: Exclude<DeliveryCommand, { kind: 'configure' }>): Promise<DeliveryReport>;
}

/** Starts a delivery worker, which sends as configured and reports the result. */
export function startDelivery(settings: ChannelSettings): DeliveryProcess {
  const child = spawn(process.execPath, [DELIVERY], { stdio: ['pipe', 'pipe', 'inherit'] });
  const decoder = new LineDecoder();
  let answer: (report: DeliveryReport) => void = () => undefined;
  child.stdin.on('error', () => undefined);
  child.stdout.on('data', (chunk: Buffer) => {
    for (const frame of decoder.push(chunk)) {
      if (frame.kind === 'line') answer(JSON.parse(frame.text) as DeliveryReport);
    }
  });
  const send = (command: DeliveryCommand): void => {
    child.stdin.write(`${JSON.stringify(command)}\n`);
  };
  send({ kind: 'configure', settings });
  return {
    ask: (command) =>
      new Promise((resolve, reject) => {
        answer = resolve;
        child.once('close', () => reject(new HealerError('INTERNAL', 'the delivery worker exited unexpectedly')));
        send(command);
      }),
    [Symbol.dispose]: () => child.stdin.end(),
  };
}
