import { formatProblem } from '../../config/reading/config-problem.ts';
import { alertFiles, readAlerts } from '../../config/alerts/read-alerts.ts';
import type { AlertMessage } from '../../protocol/alert.ts';
import { type Channel, type ChannelSettings, CHANNELS, type DeliveryFailure } from '../../protocol/alert-delivery.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { RunOf } from '../command/command.ts';
import type { SET_UP_COMMANDS } from '../command-groups/set-up-commands.ts';
import type { Context } from '../command/context.ts';
import { type DeliveryProcess, startDelivery } from '../engine/delivery-process.ts';
import { sampleDigest, sampleMessages } from '../report/sample-messages.ts';
import { refuseRemote } from '../command/remote-engine.ts';

interface Step {
  readonly step: string;
  readonly channel: Channel;
  readonly failure: DeliveryFailure | null;
  /** Something that the operator should know about a success. */
  readonly note?: string;
}

/** Works without an engine: it reads the same settings as the engine and starts its own delivery worker. */
export const run: RunOf<(typeof SET_UP_COMMANDS)['test-email']> = async (context) => {
  refuseRemote(context, 'test-email');
  const settings = readSettings(context);
  using delivery = startDelivery(settings);
  const steps = await checkAll(context, settings, delivery);
  if (context.terminal.json) context.terminal.printJson(steps);
  return steps.some(({ failure }) => failure !== null) ? 1 : 0;
};

/** @throws HealerError INVALID_CONFIG with every problem, or if no channel is configured. */
function readSettings({ paths, env, terminal }: Context): ChannelSettings {
  const { settings, problems } = readAlerts(paths.configDir, env);
  const lines = problems.map(formatProblem);
  if (settings === null) throw new HealerError('INVALID_CONFIG', lines.join('; '), { problems });
  for (const line of lines) terminal.note(line);
  if (CHANNELS.every((channel) => settings.channels[channel] === null)) {
    const { email } = alertFiles(paths.configDir);
    throw new HealerError(
      'INVALID_CONFIG',
      `alerts are not configured — set smtp_server, sender_email and receiver_email in "${email}"`,
      { file: email },
    );
  }
  return settings.channels;
}

async function checkAll(context: Context, settings: ChannelSettings, delivery: DeliveryProcess): Promise<Step[]> {
  const { terminal, paths } = context;
  const now = new Date();
  const alerts = sampleMessages(paths.instance, now);
  const digest = sampleDigest(paths.instance, now);
  const chosenFor: Readonly<Record<Channel, readonly AlertMessage[]>> = {
    email: [...alerts, digest],
    // Many mails can be read one by one, but not many notifications that appear together.
    webhook: [...alerts.slice(0, 1), digest],
    desktop: alerts.slice(0, 1),
  };
  const steps: Step[] = [];
  for (const channel of CHANNELS) {
    if (settings[channel] === null) continue;
    for (const order of ordersFor(channel, chosenFor[channel])) {
      terminal.progress(`${order.step} ...`);
      const { failure, note } = await delivery.ask(order.command, (stage) =>
        terminal.progress(`${order.step}: ${stage} ...`),
      );
      terminal.progress(null);
      const step: Step = { step: order.step, channel, failure, ...(note === undefined ? {} : { note }) };
      steps.push(step);
      if (!terminal.json) printStep(context, step);
      // A channel that failed as a whole would fail for the next message too.
      if (failure?.scope === 'channel') break;
    }
  }
  return steps;
}

interface Order {
  readonly step: string;
  readonly command: Parameters<DeliveryProcess['ask']>[0];
}

function ordersFor(channel: Channel, messages: readonly AlertMessage[]): Order[] {
  const verify: Order = { step: 'connect and log in to the mail server', command: { kind: 'verify', channel } };
  const tries = messages.map((message): Order => ({
    step: `send ${nameOf(message)} by ${channel}`,
    command: { kind: 'try', channel, message },
  }));
  return channel === 'email' ? [verify, ...tries] : tries;
}

function nameOf(message: AlertMessage): string {
  return message.form === 'digest'
    ? `a digest of ${String(message.alerts.length)} alerts`
    : `a "${message.alert.kind}" alert`;
}

function printStep({ terminal }: Context, { step, failure, note }: Step): void {
  const { style } = terminal;
  if (failure !== null) terminal.print(`${style.bad('failed')}  ${step}: ${failure.message}`);
  else terminal.print(`${style.good('ok')}      ${step}${note === undefined ? '' : ` (${note})`}`);
}
