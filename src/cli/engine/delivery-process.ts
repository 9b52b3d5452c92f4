import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { HealerError } from '../../protocol/errors.ts';
import { LineDecoder } from '../../protocol/framing.ts';
import type {
  Channel,
  ChannelSettings,
  DeliveryCommand,
  DeliveryReport,
  DeliveryStage,
} from '../../protocol/alert-delivery.ts';

/** The bundle of the delivery worker, in the same folder as that of the command line. */
const DELIVERY = fileURLToPath(new URL('./courier.js', import.meta.url));

/** A delivery worker that belongs to a command and works without an engine. */
export interface DeliveryProcess extends Disposable {
  /**
   * Sends one command at a time. `onStage` receives what a slow attempt is waiting for.
   * @throws HealerError INTERNAL if the delivery worker exits
   */
  ask(
    command: Extract<DeliveryCommand, { readonly channel: Channel }>,
    onStage?: (stage: string) => void,
  ): Promise<DeliveryReport>;
}

/** Starts a delivery worker, which sends as configured and reports the result. */
export function startDelivery(settings: ChannelSettings): DeliveryProcess {
  const child = spawn(process.execPath, ['--no-warnings', DELIVERY], { stdio: ['pipe', 'pipe', 'inherit'] });
  const decoder = new LineDecoder();
  let answer: (report: DeliveryReport) => void = () => undefined;
  let showStage: (stage: string) => void = () => undefined;
  let fail: (error: HealerError) => void = () => undefined;
  child.on('close', () => fail(new HealerError('INTERNAL', 'the delivery worker exited unexpectedly')));
  const receive = (line: DeliveryReport | DeliveryStage): void => {
    if ('stage' in line) showStage(line.stage);
    else answer(line);
  };
  child.stdin.on('error', () => undefined);
  child.stdout.on('data', (chunk: Buffer) => {
    for (const frame of decoder.push(chunk)) {
      if (frame.kind === 'line') receive(JSON.parse(frame.text) as DeliveryReport | DeliveryStage);
    }
  });
  const send = (command: DeliveryCommand): void => {
    child.stdin.write(`${JSON.stringify(command)}\n`);
  };
  send({ kind: 'report-stages' });
  send({ kind: 'configure', settings });
  return {
    ask: (command, onStage = () => undefined) =>
      new Promise((resolve, reject) => {
        answer = resolve;
        showStage = onStage;
        fail = reject;
        if (child.exitCode === null && child.signalCode === null) send(command);
        else reject(new HealerError('INTERNAL', 'the delivery worker exited unexpectedly'));
      }),
    [Symbol.dispose]: () => child.stdin.end(),
  };
}
