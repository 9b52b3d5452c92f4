import { existsSync } from 'node:fs';
import { ownUid } from '../../../base/own-user.ts';
import { execa } from 'execa';
import { subjectLine } from './subject-line.ts';
import type { AlertMessage } from '../../../protocol/alert.ts';
import type { ChannelSettings, DeliveryFailure } from '../../../protocol/alert-delivery.ts';
import { partsOf } from './message-text.ts';

const TIMEOUT_MS = 5_000;
const MAX_BODY_CHARS = 300;

type DesktopSettings = NonNullable<ChannelSettings['desktop']>;

/** Shows a desktop notification. Does nothing without a desktop session, and returns null then as on success. */
export async function showNotification(
  message: AlertMessage,
  { urgency }: DesktopSettings,
): Promise<DeliveryFailure | null> {
  const session = sessionVariables(process.env);
  if (session === null) return null;
  const { summary } = partsOf(message);
  // The body may contain markup, so it is escaped; `--` keeps a title with a leading dash from being an option.
  const body = summary.slice(0, MAX_BODY_CHARS).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const args = [`--urgency=${urgency}`, '--app-name=healer', '--', subjectLine(message), body];
  const result = await execa('notify-send', args, {
    env: session,
    timeout: TIMEOUT_MS,
    reject: false,
    stdin: 'ignore',
  });
  if (!result.failed) return null;
  return {
    cause: result.timedOut ? 'timeout' : 'other',
    scope: 'channel',
    message: `cannot show a notification: ${result.shortMessage ?? 'notify-send failed'} (install libnotify, or set desktop = false)`,
  };
}

/** Returns the variables that locate the session bus, or null without a session. */
function sessionVariables(env: NodeJS.ProcessEnv): Record<string, string> | null {
  if ((env['DBUS_SESSION_BUS_ADDRESS'] ?? '') !== '') return {};
  const socket = `/run/user/${String(ownUid())}/bus`;
  if (existsSync(socket)) return { DBUS_SESSION_BUS_ADDRESS: `unix:path=${socket}` };
  return (env['DISPLAY'] ?? env['WAYLAND_DISPLAY'] ?? '') === '' ? null : {};
}
