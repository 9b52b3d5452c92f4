import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { HealerError } from '../../protocol/errors.ts';
import { LineDecoder } from '../../protocol/framing.ts';
import type { ChannelSettings, CourierCommand, CourierReport } from '../../protocol/courier.ts';

/** The bundle of the courier stands beside that of the command line. */
const COURIER = fileURLToPath(new URL('./courier.js', import.meta.url));

/** A courier of one's own, which works whether or not an engine runs. */
export interface CourierProcess extends Disposable {
  /** One at a time. @throws HealerError INTERNAL when the courier died. */
  ask(command: Exclude<CourierCommand, { kind: 'configure' }>): Promise<CourierReport>;
}

/** Runs a courier of the command's own, which sends where the settings say and tells what came of it. */
export function startCourier(settings: ChannelSettings): CourierProcess {
  const child = spawn(process.execPath, [COURIER], { stdio: ['pipe', 'pipe', 'inherit'] });
  const decoder = new LineDecoder();
  let answer: (report: CourierReport) => void = () => undefined;
  child.stdin.on('error', () => undefined);
  child.stdout.on('data', (chunk: Buffer) => {
    for (const frame of decoder.push(chunk)) {
      if (frame.kind === 'line') answer(JSON.parse(frame.text) as CourierReport);
    }
  });
  const send = (command: CourierCommand): void => {
    child.stdin.write(`${JSON.stringify(command)}\n`);
  };
  send({ kind: 'configure', settings });
  return {
    ask: (command) =>
      new Promise((resolve, reject) => {
        answer = resolve;
        child.once('close', () => reject(new HealerError('INTERNAL', 'the process that sends alerts ended early')));
        send(command);
      }),
    [Symbol.dispose]: () => child.stdin.end(),
  };
}
