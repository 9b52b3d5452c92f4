import { createInbox, type Msg } from '@nats-io/nats-core';
import { HealerError } from '../../protocol/errors.ts';
import type { Bus } from '../bus/connect-bus.ts';

/** Without progress for this long, reading fails. */
const NO_ANSWER_MS = 10_000;
/** Messages that are requested at the same time. */
const WINDOW = 4_000;
/** Codes of answers to a request for a message. */
const NO_RESPONDERS = 503;

/** A connection that may read streams. */
export type StreamSource = Pick<Bus, 'nats' | 'inbox'>;

/** A message in a stream. */
export interface StoredMessage {
  readonly subject: string;
  /** Its bytes, one character each. Bytes would keep the whole buffer of the socket in memory that they arrived in. */
  readonly text: string;
  /** When the server received it, in ms since 1970. */
  readonly receivedAt: number;
  /** Whether it marks the removal of a key. */
  readonly isRemoval: boolean;
}

/** What a stream contains. */
export interface StreamState {
  /** Differs if the stream was created again. */
  readonly created: string;
  readonly lastSeq: number;
  /** The number of messages. */
  readonly size: number;
}

interface StreamInfo {
  readonly error?: { readonly description?: string };
  readonly created?: string;
  readonly state?: {
    readonly last_seq?: number;
    readonly messages?: number;
    readonly subjects?: Readonly<Record<string, number>> | null;
  };
  /** The number of subjects; the server names at most 100,000 in one answer. */
  readonly total?: number;
}

/** Returns what a stream contains. @throws as `lastOfEach` does */
export async function stateOf(source: StreamSource, stream: string): Promise<StreamState> {
  const { created = '', state } = await infoOf(source, stream, {});
  return { created, lastSeq: state?.last_seq ?? 0, size: state?.messages ?? 0 };
}

/**
 * Reads the last message of each subject of a stream, on the machine of the server. Each is requested by its subject: a
 * consumer that delivers them costs nats-server 2.9 up to ten times as much, and is one more thing that can be lost.
 * @param subjects which subjects to read, with wildcards
 * @throws the error of the bus, or HealerError IO_ERROR without the stream, TIMEOUT without an answer in time
 */
export async function lastOfEach(
  source: StreamSource,
  stream: string,
  subjects: string,
  onMessage: (message: StoredMessage) => void,
): Promise<void> {
  const all = subjects.includes('*') ? await subjectsIn(source, stream, subjects) : [subjects];
  const requests = all.map((subject) => ({ to: `$JS.API.DIRECT.GET.${stream}.${subject}`, body: undefined }));
  await requestEach(source, stream, requests, onMessage);
}

/** Reads the messages from one number to another that are still there, in any order. @throws as `lastOfEach` does */
export async function messagesBetween(
  source: StreamSource,
  stream: string,
  { from, to }: { readonly from: number; readonly to: number },
  onMessage: (message: StoredMessage) => void,
): Promise<void> {
  const requests = Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => {
    return { to: `$JS.API.DIRECT.GET.${stream}`, body: JSON.stringify({ seq: from + index }) };
  });
  await requestEach(source, stream, requests, onMessage);
}

async function infoOf({ nats }: StreamSource, stream: string, request: object): Promise<StreamInfo> {
  const answer = await nats.request(`$JS.API.STREAM.INFO.${stream}`, JSON.stringify(request), {
    timeout: NO_ANSWER_MS,
  });
  const info = answer.json<StreamInfo>();
  if (info.error !== undefined) throw new HealerError('IO_ERROR', info.error.description ?? 'the hub gave no reason');
  return info;
}

/** Returns the subjects of the messages in a stream. */
async function subjectsIn(source: StreamSource, stream: string, filter: string): Promise<readonly string[]> {
  const found = new Set<string>();
  for (let offset = 0; ;) {
    const { state, total = 0 } = await infoOf(source, stream, { subjects_filter: filter, offset });
    const names = Object.keys(state?.subjects ?? {});
    for (const name of names) found.add(name);
    offset += names.length;
    if (names.length === 0 || offset >= total) return [...found];
  }
}

interface MessageRequest {
  readonly to: string;
  readonly body: string | undefined;
}

/** One subscription for all answers costs less than a request with a timer for each. */
function requestEach(
  { nats, inbox: prefix }: StreamSource,
  stream: string,
  requests: readonly MessageRequest[],
  onMessage: (message: StoredMessage) => void,
): Promise<void> {
  if (requests.length === 0) return Promise.resolve();
  const inbox = createInbox(prefix);
  return new Promise((resolve, reject) => {
    let [sent, missing] = [0, requests.length];
    const end = (error: Error | null): void => {
      clearTimeout(timer);
      subscription.unsubscribe();
      if (error === null) resolve();
      else reject(error);
    };
    const send = (): void => {
      const request = requests[sent];
      sent += 1;
      if (request !== undefined) nats.publish(request.to, request.body, { reply: inbox });
    };
    const take = (answer: Msg): void => {
      const message = storedIn(answer);
      if (message === null && answer.headers?.code === NO_RESPONDERS) {
        end(withoutStream(stream));
        return;
      }
      if (message !== null) onMessage(message);
      missing -= 1;
      if (missing === 0) end(null);
      else {
        timer.refresh();
        send();
      }
    };
    const timer = setTimeout(() => end(notAnswered()), NO_ANSWER_MS);
    const subscription = nats.subscribe(inbox, {
      callback: (error, answer) => {
        if (error === null) take(answer);
        else end(error);
      },
    });
    while (sent < Math.min(WINDOW, requests.length)) send();
  });
}

/**
 * Returns the message in an answer; null if there is none. The headers of a host come first, and may look like an answer
 * without a message; those that the server adds to every message come last.
 */
function storedIn({ data, headers }: Msg): StoredMessage | null {
  const subject = headers?.values('Nats-Subject').at(-1);
  const receivedAt = Date.parse(headers?.values('Nats-Time-Stamp').at(-1) ?? '');
  if (subject === undefined || Number.isNaN(receivedAt)) return null;
  const isRemoval = ['DEL', 'PURGE'].includes(headers?.get('KV-Operation') ?? '');
  const text = Buffer.from(data.buffer, data.byteOffset, data.length).toString('latin1');
  return { subject, text, receivedAt, isRemoval };
}

function notAnswered(): HealerError {
  return new HealerError('TIMEOUT', `the hub did not answer within ${String(NO_ANSWER_MS / 1000)} s`);
}

function withoutStream(stream: string): HealerError {
  return new HealerError('IO_ERROR', `the hub has no stream "${stream}" that can be read`);
}
