import {
  type Channel,
  CHANNELS,
  type ChannelSettings,
  type DeliveryCommand,
  type DeliveryFailure,
} from '../../../protocol/alert-delivery.ts';
import { type AttemptOptions, type AttemptStage, deliver, deliverFile, verify } from './deliver.ts';
import { isSentByPredecessor } from './replace-predecessor.ts';

/** A command that results in one attempt. */
export type Task = Extract<DeliveryCommand, { readonly channel: Channel }>;

/** Receives what happens during an attempt. */
export interface AttemptListener {
  /** An attempt has been waiting for something for a while. */
  readonly onStage: (channel: Channel, stage: string) => void;
  readonly onNote: (note: string) => void;
}

/** A server that takes longer to confirm a message does not hold up others. */
const CONFIRMATION_MS = 60_000;
/** Stages that take less time are not reported. */
const SLOW_STAGE_MS = 2_000;

const UNCONFIRMED: DeliveryFailure = {
  cause: 'unconfirmed',
  scope: 'channel',
  message: 'the mail server has not confirmed a message yet; other messages are sent meanwhile',
};

const STAGES: Readonly<Record<AttemptStage, (server: string) => string>> = {
  connection: (server) => `connecting to ${server}`,
  greeting: (server) => `waiting for the greeting of ${server}`,
  login: (server) => `logging in at ${server}`,
  envelope: (server) => `waiting for ${server} to accept sender and receivers`,
  message: (server) => `sending a message to ${server}`,
  confirmation: (server) => `waiting for ${server} to confirm a message`,
  response: (server) => `waiting for the response of ${server}`,
};

/** Performs attempts by the current settings. Changed settings end the attempts that use the previous ones. */
export class Attempts {
  #settings: ChannelSettings = { email: null, webhook: null, desktop: null };
  readonly #listener: AttemptListener;
  readonly #confirmationMs: number;
  readonly #running = new Map<AbortController, Channel>();
  /** Files whose message was sent, while the confirmation is missing and others are sent. */
  readonly #unconfirmed = new Set<string>();
  /** Attempts by file that have sent their message and wait for the answer. */
  readonly #sent = new Map<string, Promise<unknown>>();

  constructor(listener: AttemptListener, confirmationMs = CONFIRMATION_MS) {
    this.#listener = listener;
    this.#confirmationMs = confirmationMs;
  }

  configure(settings: ChannelSettings): void {
    const changed = CHANNELS.filter((channel) => !isSame(settings[channel], this.#settings[channel]));
    this.#settings = settings;
    for (const [abort, channel] of this.#running) if (changed.includes(channel)) abort.abort();
  }

  /** The attempts that have sent the message in a file and wait for the answer, by file. They settle once it is there. */
  get sent(): ReadonlyMap<string, Promise<unknown>> {
    return this.#sent;
  }

  /** Returns null on success. */
  async perform(task: Task): Promise<DeliveryFailure | null> {
    if (task.kind === 'deliver' && (this.#unconfirmed.has(task.file) || isSentByPredecessor(task.file))) {
      return UNCONFIRMED;
    }
    for (;;) {
      const abort = new AbortController();
      this.#running.set(abort, task.channel);
      const failure = await this.#attempt(task, abort.signal).finally(() => this.#running.delete(abort));
      const isInterrupted = abort.signal.aborted && failure !== null && failure.cause !== 'unconfirmed';
      if (!isInterrupted) return failure;
    }
  }

  /** Settles early if only the confirmation of the message is missing. The attempt then continues beside others. */
  async #attempt(task: Task, signal: AbortSignal): Promise<DeliveryFailure | null> {
    let slow: NodeJS.Timeout | undefined;
    let patience: NodeJS.Timeout | undefined;
    let leave: () => void = () => undefined;
    const early = new Promise<DeliveryFailure>((resolve) => (leave = () => resolve(UNCONFIRMED)));
    const server = this.#serverName(task.channel);
    let settle: () => void = () => undefined;
    const settled = new Promise<void>((resolve) => (settle = resolve));
    const onStage = (stage: AttemptStage): void => {
      clearTimeout(slow);
      slow = setTimeout(() => this.#listener.onStage(task.channel, STAGES[stage](server)), SLOW_STAGE_MS);
      if (isSent(stage) && task.kind === 'deliver') this.#sent.set(task.file, settled);
      if (stage !== 'confirmation' || task.kind !== 'deliver') return;
      patience = setTimeout(leave, this.#confirmationMs);
      signal.addEventListener('abort', leave);
      if (signal.aborted) leave();
    };
    const attempt = this.#start(task, { signal, onStage, onNote: this.#listener.onNote }).finally(() => {
      if (task.kind === 'deliver') this.#sent.delete(task.file);
      settle();
    });
    try {
      const failure = await Promise.race([attempt, early]);
      if (failure === UNCONFIRMED && task.kind === 'deliver') this.#keepWaiting(task.file, attempt);
      return failure;
    } finally {
      clearTimeout(slow);
      clearTimeout(patience);
    }
  }

  #keepWaiting(file: string, attempt: Promise<unknown>): void {
    this.#unconfirmed.add(file);
    void attempt.catch(() => undefined).finally(() => this.#unconfirmed.delete(file));
  }

  /** Returns only the host of a webhook, because the path is often secret. */
  #serverName(channel: Channel): string {
    const { email, webhook } = this.#settings;
    if (channel === 'webhook' && webhook !== null) return `the webhook at ${new URL(webhook.url).host}`;
    return email === null ? 'the server' : `${email.host}:${String(email.port)}`;
  }

  #start(task: Task, options: AttemptOptions): Promise<DeliveryFailure | null> {
    const settings = this.#settings;
    switch (task.kind) {
      case 'deliver':
        return deliverFile(task.channel, task.file, settings, { ...options, skip: task.skip, session: task.session });
      case 'try':
        return deliver(task.channel, task.message, settings, options);
      case 'verify':
        return verify(task.channel, settings, options);
    }
  }
}

/** Whether the receiver may have got the message. */
function isSent(stage: AttemptStage): boolean {
  return stage === 'confirmation' || stage === 'response';
}

function isSame(a: object | null, b: object | null): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
