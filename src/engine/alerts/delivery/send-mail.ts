import { sanitizeText } from '../../../base/sanitize-text.ts';
import type { AlertMessage } from '../../../protocol/alert.ts';
import type { DeliveryFailure, EmailSettings, RefusedReceiver } from '../../../protocol/alert-delivery.ts';
import { composeMail } from './compose-mail.ts';
import { explainSmtpFailure, needsUtf8, refusedReceivers, refusal } from './explain-smtp-failure.ts';
import { SmtpDialog, type SmtpOptions } from './smtp-dialog.ts';

/** The port for implicit TLS. */
const SMTPS_PORT = 465;
/** Ports on which servers use STARTTLS. */
const STARTTLS_PORTS = [25, 587, 2525];

/** An attempt to send a mail. */
export interface MailOptions extends SmtpOptions {
  /** The receivers to send to; all if absent. */
  readonly receivers?: readonly string[];
}

/**
 * Sends a mail. Returns null if the server accepted it for all receivers. If it refused some of them, the failure names those
 * that were accepted.
 */
export function sendMail(
  message: AlertMessage,
  settings: EmailSettings,
  options: MailOptions = {},
): Promise<DeliveryFailure | null> {
  const wanted = options.receivers ?? settings.receivers;
  return overSmtp(settings, options, async (dialog) => {
    const hasUtf8 = dialog.extensions.includes('SMTPUTF8');
    if (!hasUtf8 && needsUtf8(settings.sender)) return refusal([unsupported(settings.sender)], [], settings);
    const refused = hasUtf8 ? [] : wanted.filter(needsUtf8).map(unsupported);
    const isSupported = (address: string): boolean => hasUtf8 || !needsUtf8(address);
    const receivers = wanted.filter(isSupported);
    await logIn(dialog, settings);
    if (receivers.length === 0) return refusal(refused, [], settings);
    const mail = await composeMail(message, settings, receivers, settings.receivers.filter(isSupported));
    const answer = await dialog.send(mail).then(
      ({ rejectedErrors = [] }) => refusedReceivers(rejectedErrors, settings),
      (error: unknown) => {
        const refusals = refusedReceivers(rejectionsIn(error), settings);
        // All receivers were refused, each with an answer of its own.
        if (refusals.length >= receivers.length && !isAboutConnection(error)) return refusals;
        throw error;
      },
    );
    return refusal([...refused, ...answer], receivers, settings);
  });
}

/** Connects and logs in without sending. Returns null on success; `onNote` receives what the operator should know about it. */
export function verifyMail(
  settings: EmailSettings,
  options: SmtpOptions & { readonly onNote?: ((note: string) => void) | undefined } = {},
): Promise<DeliveryFailure | null> {
  return overSmtp(settings, options, async (dialog) => {
    const isUnused = settings.login !== null && !dialog.allowsLogin;
    if (isUnused) options.onNote?.('the server offers no login, so sender_password is neither checked nor used');
    await logIn(dialog, settings);
    return null;
  });
}

async function logIn(dialog: SmtpDialog, { login }: EmailSettings): Promise<void> {
  if (login !== null && dialog.allowsLogin) await dialog.login(login);
}

function rejectionsIn(error: unknown): readonly Error[] {
  const errors: unknown = error instanceof Error && 'rejectedErrors' in error ? error.rejectedErrors : [];
  return Array.isArray(errors) ? errors.filter((each) => each instanceof Error) : [];
}

/** 421: the server closes the connection. 530: it requires a login. Neither is about the receivers. */
function isAboutConnection(error: unknown): boolean {
  const codes = [error, ...rejectionsIn(error)].map((each) =>
    each instanceof Error && 'responseCode' in each ? each.responseCode : null,
  );
  return codes.includes(421) || codes.includes(530);
}

function unsupported(address: string): RefusedReceiver {
  return {
    address: sanitizeText(address),
    answer: 'the server does not support SMTPUTF8, which the characters before the @ require',
    isTemporary: false,
  };
}

type Work = (dialog: SmtpDialog) => Promise<DeliveryFailure | null>;

async function overSmtp(settings: EmailSettings, options: SmtpOptions, work: Work): Promise<DeliveryFailure | null> {
  const failure = await attempt(settings, startsWithTls(settings), options, work);
  // On any other port a server may use either kind of TLS. It rejects the wrong kind before any secret is sent.
  const mayUseStartTls = failure?.cause === 'encryption' && isTlsGuessed(settings);
  return mayUseStartTls ? attempt(settings, false, options, work) : failure;
}

function startsWithTls(settings: EmailSettings): boolean {
  return settings.encryption === 'required' && !STARTTLS_PORTS.includes(settings.port);
}

function isTlsGuessed(settings: EmailSettings): boolean {
  return startsWithTls(settings) && settings.port !== SMTPS_PORT;
}

async function attempt(
  settings: EmailSettings,
  secure: boolean,
  options: SmtpOptions,
  work: Work,
): Promise<DeliveryFailure | null> {
  let dialog: SmtpDialog | undefined;
  try {
    dialog = await SmtpDialog.open(settings, secure, options);
    return await work(dialog);
  } catch (error) {
    return explainSmtpFailure(error, settings, dialog?.isUnconfirmed === true);
  } finally {
    dialog?.[Symbol.dispose]();
  }
}
