import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { execa } from 'execa';
import { subjectLine } from './subject-line.ts';
import type { AlertMessage } from '../../../protocol/alert.ts';
import type { ChannelSettings, DeliveryFailure } from '../../../protocol/alert-delivery.ts';
import { partsOf } from './message-text.ts';

const TIMEOUT_MS = 5_000;
const SHOWN_CHARS = 300;

type DesktopSettings = NonNullable<ChannelSettings['desktop']>;

/** Shows a pop-up where a desktop session is there; without one nobody would see it, and nothing is to be done. */
export async function showNotification(
  message: AlertMessage,
  { urgency }: DesktopSettings,
): Promise<DeliveryFailure | null> {
  const session = sessionOf(process.env);
  if (session === null) return null;
  const { summary } = partsOf(message);
  // The body of a notification knows a little markup, and a title that begins with a dash is no option.
  const body = summary.slice(0, SHOWN_CHARS).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
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

/** The variables by which the session's bus is found; null where there is no session. */
function sessionOf(env: NodeJS.ProcessEnv): Record<string, string> | null {
  if ((env['DBUS_SESSION_BUS_ADDRESS'] ?? '') !== '') return {};
  const socket = `/run/user/${String(userInfo().uid)}/bus`;
  if (existsSync(socket)) return { DBUS_SESSION_BUS_ADDRESS: `unix:path=${socket}` };
  return (env['DISPLAY'] ?? env['WAYLAND_DISPLAY'] ?? '') === '' ? null : {};
}
