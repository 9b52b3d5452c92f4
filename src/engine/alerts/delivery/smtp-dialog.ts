import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { EmailSettings } from '../../../protocol/alert-delivery.ts';
import type { ComposedMail } from './compose-mail.ts';
import { isThisMachine } from './is-this-machine.ts';
import { trustingContext } from './trusted-certificates.ts';

/** What the dialog with a mail server is waiting for. */
export type SmtpStage = 'connection' | 'greeting' | 'login' | 'envelope' | 'message' | 'confirmation';

/** How long each stage may take in all, in ms, however much the server sends. RFC 5321, 4.5.3.2 recommends these times. */
export type SmtpLimits = Readonly<Record<SmtpStage, number>>;

const SMTP_LIMITS: SmtpLimits = {
  connection: 10_000,
  greeting: 300_000,
  login: 120_000,
  envelope: 300_000,
  message: 300_000,
  confirmation: 600_000,
};

/** What an attempt can be given besides the settings. */
export interface SmtpOptions {
  readonly limits?: SmtpLimits;
  /** Closes the connection, unless the message was sent and only its confirmation is missing. */
  readonly signal?: AbortSignal | undefined;
  readonly onStage?: ((stage: SmtpStage) => void) | undefined;
}

/** A stage took longer than its limit. */
class StageTimeout extends Error {
  readonly code = 'ETIMEDOUT';
  readonly stage: SmtpStage;

  constructor(stage: SmtpStage, limitMs: number) {
    super(`no complete answer within ${String(Math.round(limitMs / 1000))} s while waiting for the ${stage}`);
    this.stage = stage;
  }
}

/** The answer of the server to a message. */
type SendInfo = Parameters<Parameters<SMTPConnection['send']>[2]>[1];

/** A connection to a mail server. Each step settles within the limit of its stage. */
export class SmtpDialog implements Disposable {
  readonly #connection: SMTPConnection;
  readonly #options: SmtpOptions;
  readonly #limits: SmtpLimits;
  #stage: SmtpStage = 'greeting';
  #fail: (error: Error) => void = () => undefined;
  #error: Error | null = null;
  #timer: NodeJS.Timeout | undefined;

  private constructor(socket: Socket, settings: EmailSettings, secure: boolean, options: SmtpOptions) {
    this.#options = options;
    this.#limits = options.limits ?? SMTP_LIMITS;
    this.#connection = new SMTPConnection({
      ...tlsOptions(settings, secure),
      host: settings.host,
      port: settings.port,
      connection: socket,
      connectionTimeout: this.#limits.greeting,
      greetingTimeout: this.#limits.greeting,
      socketTimeout: this.#limits.confirmation * 2,
    });
    this.#connection.on('error', (error: Error) => this.#abort(error));
    options.signal?.addEventListener('abort', this.#onAbort);
  }

  /** Connects, greets the server, and encrypts the connection as configured. @throws the error of the step that failed */
  static async open(settings: EmailSettings, secure: boolean, options: SmtpOptions): Promise<SmtpDialog> {
    options.onStage?.('connection');
    const { connection: limitMs } = options.limits ?? SMTP_LIMITS;
    const socket = await openSocket(settings, limitMs, options.signal);
    let dialog: SmtpDialog;
    try {
      dialog = new SmtpDialog(socket, settings, secure, options);
    } catch (error) {
      socket.destroy();
      throw error;
    }
    try {
      await dialog.#step<unknown>('greeting', (done) => dialog.#connection.connect(done));
      return dialog;
    } catch (error) {
      dialog[Symbol.dispose]();
      throw error;
    }
  }

  /** Whether the server accepts logins. */
  get allowsLogin(): boolean {
    return this.#connection.allowsAuth;
  }

  /** What the server offers, as in its answer to EHLO. Read it before `login`. */
  get extensions(): readonly string[] {
    const { lastServerResponse } = this.#connection;
    const lines = lastServerResponse === false ? [] : lastServerResponse.split(/\r?\n/).slice(1);
    return lines.map((line) => line.slice(4).trim().toUpperCase());
  }

  /** @throws the error of the server */
  async login({ user, password }: NonNullable<EmailSettings['login']>): Promise<void> {
    await this.#step<unknown>('login', (done) => this.#connection.login({ user, pass: password }, done));
  }

  /** Sends a mail. Resolves with the answer for each receiver, unless all were refused. @throws the error of the server */
  send({ raw, sender, receivers }: ComposedMail): Promise<SendInfo> {
    return this.#step<SendInfo>('envelope', (done) => {
      const envelope = { from: sender, to: [...receivers], size: raw.length };
      this.#connection.send(
        envelope,
        Readable.from(this.#partsOf(raw), { objectMode: false, highWaterMark: PART_BYTES }),
        done,
      );
    });
  }

  /** Whether the whole message was sent, so that it may have arrived although the attempt failed. */
  get isUnconfirmed(): boolean {
    return this.#stage === 'confirmation';
  }

  [Symbol.dispose](): void {
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    // QUIT lets the server finish; the connection is closed in any case.
    if (this.#error === null) this.#connection.quit();
    else this.#connection.close();
    const end = setTimeout(() => this.#connection.close(), QUIT_MS);
    end.unref();
  }

  readonly #onAbort = (): void => {
    if (!this.isUnconfirmed) this.#abort(new Error('interrupted'));
  };

  /** The message in parts, which shows when the last one was taken. It is read once the server is ready for it. */
  *#partsOf(raw: Buffer): Generator<Buffer> {
    this.#enter('message');
    for (let at = 0; at < raw.length; at += PART_BYTES) yield raw.subarray(at, at + PART_BYTES);
    this.#enter('confirmation');
  }

  #abort(error: Error): void {
    this.#error ??= error;
    this.#connection.close();
    this.#fail(this.#error);
  }

  #enter(stage: SmtpStage): void {
    this.#stage = stage;
    clearTimeout(this.#timer);
    const limitMs = this.#limits[stage];
    this.#timer = setTimeout(() => this.#abort(new StageTimeout(stage, limitMs)), limitMs);
    this.#options.onStage?.(stage);
  }

  /** Runs one step of the connection. It settles once, even if the connection only reports the error as an event. */
  async #step<T>(stage: SmtpStage, start: (done: (error?: Error | null, value?: T) => void) => void): Promise<T> {
    if (this.#options.signal?.aborted === true) this.#abort(new Error('interrupted'));
    if (this.#error !== null) throw this.#error;
    this.#enter(stage);
    try {
      return await new Promise<T>((resolve, reject) => {
        this.#fail = reject;
        start((error, value) => (error ? reject(error) : resolve(value as T)));
      });
    } catch (error) {
      this.#error ??= error instanceof Error ? error : new Error(String(error));
      throw error;
    } finally {
      clearTimeout(this.#timer);
      this.#fail = () => undefined;
    }
  }
}

const PART_BYTES = 16_384;
const QUIT_MS = 5_000;
/** Slow lines need longer for a connection than the quarter of a second that is Node's default. */
const ATTEMPT_MS = 2_500;

function tlsOptions(settings: EmailSettings, secure: boolean): ConstructorParameters<typeof SMTPConnection>[0] {
  const { host, caFile, encryption } = settings;
  // For a server on this machine, a certificate is verified only if ca_file is set.
  const isVerified = encryption === 'required' && (!isThisMachine(host) || caFile !== null);
  return {
    secure,
    requireTLS: encryption === 'required' && !secure,
    ignoreTLS: encryption === 'plain',
    tls: {
      ...(isVerified ? { secureContext: trustingContext(caFile) } : {}),
      rejectUnauthorized: isVerified,
    },
  };
}

/** Connects to the first address that answers, in the order of the system's resolver, which also knows /etc/hosts. */
function openSocket({ host, port }: EmailSettings, limitMs: number, signal: AbortSignal | undefined): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, autoSelectFamily: true, autoSelectFamilyAttemptTimeout: ATTEMPT_MS });
    const timer = setTimeout(() => settle(new StageTimeout('connection', limitMs)), limitMs);
    const onAbort = (): void => settle(new Error('interrupted'));
    const settle = (error: Error | null): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.removeListener('error', settle);
      if (error === null) {
        resolve(socket);
        return;
      }
      socket.on('error', () => undefined);
      socket.destroy();
      reject(error);
    };
    signal?.addEventListener('abort', onAbort);
    if (signal?.aborted === true) onAbort();
    socket.once('error', settle);
    socket.once('connect', () => settle(null));
  });
}
