import { createInbox, type Msg } from '@nats-io/nats-core';
import { HealerError } from '../../protocol/errors.ts';
import type { Bus } from '../bus/connect-bus.ts';
import type { KeptMessage } from '../contract/kept.ts';

const NO_ANSWER_MS = 10_000;
/** Codes of answers to a request for the last message of a subject. */
const NO_MESSAGE = 404;
const NO_RESPONDERS = 503;

/**
 * Reads the last message of each subject of a stream, on the machine of the server. Each is requested by its subject: a
 * consumer that delivers them costs nats-server 2.9 up to ten times as much, and is one more thing that can be lost.
 * @param subjects which subjects to read, with wildcards
 * @throws the error of the bus, or HealerError IO_ERROR without the stream, TIMEOUT without an answer in time
 */
export async function readStream(
  bus: Pick<Bus, 'nats' | 'inbox'>,
  stream: string,
  subjects: string,
  onMessage: (message: KeptMessage) => void,
): Promise<void> {
  const all = subjects.includes('*') ? await subjectsIn(bus, stream, subjects) : [subjects];
  if (all.length > 0) await readLast(bus, stream, all, onMessage);
}

/** Returns the subjects of the messages in a stream. */
async function subjectsIn({ nats }: Pick<Bus, 'nats'>, stream: string, filter: string): Promise<readonly string[]> {
  const body = JSON.stringify({ subjects_filter: filter });
  const answer = await nats.request(`$JS.API.STREAM.INFO.${stream}`, body, { timeout: NO_ANSWER_MS });
  const { error, state } = answer.json<StreamInfo>();
  if (error !== undefined) throw new HealerError('IO_ERROR', error.description ?? 'the hub gave no reason');
  return Object.keys(state?.subjects ?? {});
}

interface StreamInfo {
  readonly error?: { readonly description?: string };
  readonly state?: { readonly subjects?: Readonly<Record<string, number>> | null };
}

/** Requests all messages at once. One subscription for all answers costs less than a request with a timer for each. */
function readLast(
  { nats, inbox: prefix }: Pick<Bus, 'nats' | 'inbox'>,
  stream: string,
  subjects: readonly string[],
  onMessage: (message: KeptMessage) => void,
): Promise<void> {
  const inbox = createInbox(prefix);
  return new Promise((resolve, reject) => {
    let missing = subjects.length;
    const end = (error: Error | null): void => {
      clearTimeout(timer);
      subscription.unsubscribe();
      if (error === null) resolve();
      else reject(error);
    };
    const take = (message: Msg): void => {
      if (message.headers?.code === NO_RESPONDERS) end(withoutStream(stream));
      else {
        const subject = subjects[Number(message.subject.slice(inbox.length + 1))];
        if (subject !== undefined && message.headers?.code !== NO_MESSAGE) onMessage(keptOf(subject, message));
        missing -= 1;
        if (missing === 0) end(null);
      }
    };
    const timer = setTimeout(() => end(notAnswered()), NO_ANSWER_MS);
    const subscription = nats.subscribe(`${inbox}.*`, {
      callback: (error, message) => {
        if (error === null) take(message);
        else end(error);
      },
    });
    for (const [index, subject] of subjects.entries()) {
      nats.publish(`$JS.API.DIRECT.GET.${stream}.${subject}`, undefined, { reply: `${inbox}.${String(index)}` });
    }
  });
}

/** The server adds its headers after those of the sender. This machine has its clock. */
function keptOf(subject: string, { data, headers }: Msg): KeptMessage {
  const receivedAt = Date.parse(headers?.values('Nats-Time-Stamp').at(-1) ?? '');
  const ageMs = Number.isNaN(receivedAt) ? 0 : Math.max(0, Date.now() - receivedAt);
  const isRemoval = ['DEL', 'PURGE'].includes(headers?.get('KV-Operation') ?? '');
  return { subject, data, ageMs, isRemoval };
}

function notAnswered(): HealerError {
  return new HealerError('TIMEOUT', `the hub did not answer within ${String(NO_ANSWER_MS / 1000)} s`);
}

function withoutStream(stream: string): HealerError {
  return new HealerError('IO_ERROR', `the hub has no stream "${stream}" that can be read`);
}
