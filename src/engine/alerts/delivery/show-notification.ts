import { execa } from 'execa';
import { cutText } from '../../../base/cut-text.ts';
import { sanitizeText } from '../../../base/sanitize-text.ts';
import { mostThatFit } from './fit-message.ts';
import { subjectLine } from './subject-line.ts';
import type { AlertMessage } from '../../../protocol/alert.ts';
import type { DeliveryFailure, DesktopSettings } from '../../../protocol/alert-delivery.ts';
import { desktopOf, ownDesktop } from './notified-desktop.ts';
import { partsOf } from './message-text.ts';

const TIMEOUT_MS = 5_000;
const MAX_BODY_CHARS = 300;

/**
 * Shows a desktop notification. Returns null only if a notification daemon took it: `notify-send` waits for its answer. `found`
 * are the variables of a session that is not that of this process.
 */
export async function showNotification(
  message: AlertMessage,
  { urgency, user }: DesktopSettings,
  found: Readonly<Record<string, string>> = {},
): Promise<DeliveryFailure | null> {
  const desktop = user === undefined ? ownDesktop(found) : desktopOf(user);
  if ('cause' in desktop) return desktop;
  const { summary } = partsOf(message);
  const names = message.form === 'digest' ? [...new Set(message.alerts.map(({ subject }) => subject))] : [];
  // The body may contain markup, so it is escaped; `--` keeps a title with a leading dash from being an option.
  const text = names.length === 0 ? cutText(summary, MAX_BODY_CHARS) : listOf(names);
  const body = sanitizeText(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const args = [`--urgency=${urgency}`, '--app-name=healer', '--', subjectLine(message), body];
  const result = await execa('notify-send', args, { ...desktop, timeout: TIMEOUT_MS, reject: false, stdin: 'ignore' });
  if (!result.failed) return null;
  return {
    cause: result.timedOut ? 'timeout' : 'other',
    scope: 'channel',
    message: `cannot show a notification: ${result.shortMessage ?? 'notify-send failed'} (install libnotify, or set desktop = false)`,
  };
}

/** As many names as there is room for, and the number of the others. */
function listOf(names: readonly string[]): string {
  const textOf = (count: number): string => {
    const left = names.length - count;
    return `${names.slice(0, count).join(', ')}${left === 0 ? '' : ` … and ${String(left)} more programs`}`;
  };
  return textOf(mostThatFit(names.length, (count) => textOf(count).length <= MAX_BODY_CHARS));
}
