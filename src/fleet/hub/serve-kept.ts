import type { Msg } from '@nats-io/nats-core';
import { createKeyedQueue } from '../../base/task-queue.ts';
import { messageOf } from '../../base/thrown.ts';
import {
  keptCaller,
  type KeptKind,
  KeptPages,
  type KeptRequest,
  keptSubject,
  readKeptRequest,
} from '../contract/kept.ts';
import { ANY, BUCKETS, hostSubject, STREAMS } from '../contract/subjects.ts';
import { KeptCopy } from './kept-copy.ts';
import { lastOfEach, type StoredMessage, type StreamSource } from './read-stream.ts';

/** Requests of one person that wait at the same time. */
const MAX_WAITING = 64;

/**
 * Answers persons who ask for what the hub keeps: first pages of messages, and then an empty message.
 *
 * Persons may not use JetStream themselves. The server publishes its answers to any subject that the sender of a request
 * names, with all rights: a viewer could let it purge streams, or write rows, labels and commands of others.
 */
export function serveKept(bus: StreamSource): void {
  const readers = readersOn(bus);
  const inTurn = createKeyedQueue();
  const waiting = new Map<string, number>();
  bus.nats.subscribe(keptSubject(ANY), {
    callback: (error, message) => {
      const caller = keptCaller(message.subject);
      if (error !== null || caller === null || !isOwnInbox(message.reply, caller)) return;
      const count = waiting.get(caller) ?? 0;
      if (count >= MAX_WAITING) {
        refuse(message, 'too many requests of this person are under way');
        return;
      }
      waiting.set(caller, count + 1);
      void inTurn(caller, () => answer(readers, message)).finally(() => {
        const left = (waiting.get(caller) ?? 1) - 1;
        if (left === 0) waiting.delete(caller);
        else waiting.set(caller, left);
      });
    },
  });
}

/** Only the inbox of the person who asked, who is named in the subject, which the server enforces. */
function isOwnInbox(reply: string | undefined, caller: string): boolean {
  return reply?.startsWith(`_INBOX.person.${caller}.`) === true;
}

type Readers = Readonly<Record<KeptKind, (request: KeptRequest) => Promise<readonly StoredMessage[]>>>;

/** Returns how messages are read: all of them out of a copy, those of one host as they are requested. */
function readersOn(bus: StreamSource): Readers {
  const reader = (stream: string, subjectsOf: (site: string, host: string) => string): Readers[KeptKind] => {
    const copy = new KeptCopy(bus, stream, subjectsOf(ANY, ANY));
    return async ({ site, host }) => {
      if (site === ANY && host === ANY) return copy.read();
      const found: StoredMessage[] = [];
      await lastOfEach(bus, stream, subjectsOf(site, host), (message) => found.push(message));
      return found;
    };
  };
  return {
    rows: reader(STREAMS.rows, (site, host) => hostSubject(site, host, 'row')),
    facts: reader(STREAMS.facts, (site, host) => hostSubject(site, host, 'facts')),
    hosts: reader(`KV_${BUCKETS.hosts}`, (site, host) => `$KV.${BUCKETS.hosts}.${site}.${host.replace('@', '/')}`),
  };
}

async function answer(readers: Readers, message: Msg): Promise<void> {
  const request = readKeptRequest(message.string());
  if (request === null) {
    refuse(message, 'the request is not valid: both machines should run the same version of healer');
    return;
  }
  try {
    const found = await readers[request.kind](request);
    const pages = new KeptPages((page) => message.respond(page));
    // The clock of this machine is that of the server.
    const now = Date.now();
    for (const { subject, text, receivedAt, isRemoval } of found) {
      pages.add({ subject, ageMs: Math.max(0, now - receivedAt), isRemoval }, text);
    }
    pages.flush();
    message.respond();
  } catch (error) {
    refuse(message, messageOf(error));
  }
}

function refuse(message: Msg, problem: string): void {
  message.respond(JSON.stringify({ problem }));
  message.respond();
}
