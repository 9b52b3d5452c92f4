import type { Msg } from '@nats-io/nats-core';
import { createKeyedQueue } from '../../base/task-queue.ts';
import { messageOf } from '../../base/thrown.ts';
import type { Bus } from '../bus/connect-bus.ts';
import { keptCaller, KeptPages, type KeptRequest, keptSubject, readKeptRequest } from '../contract/kept.ts';
import { ANY, BUCKETS, hostSubject, STREAMS } from '../contract/subjects.ts';
import { readStream } from './read-stream.ts';

/** Requests of one person that wait at the same time. */
const MAX_WAITING = 64;

/**
 * Answers persons who ask for what the hub keeps: first pages of messages, and then an empty message.
 *
 * Persons may not use JetStream themselves. The server publishes its answers to any subject that the sender of a request
 * names, with all rights: a viewer could let it purge streams, or write rows, labels and commands of others.
 */
export function serveKept(bus: Pick<Bus, 'nats' | 'inbox'>): void {
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
      void inTurn(caller, () => answer(bus, message)).finally(() => {
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

async function answer(bus: Pick<Bus, 'nats' | 'inbox'>, message: Msg): Promise<void> {
  const request = readKeptRequest(message.string());
  if (request === null) {
    refuse(message, 'the request is not valid: both machines should run the same version of healer');
    return;
  }
  const pages = new KeptPages((page) => message.respond(page));
  const { stream, subjects } = placeOf(request);
  try {
    await readStream(bus, stream, subjects, (kept) => pages.add(kept));
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

function placeOf({ kind, site, host }: KeptRequest): { readonly stream: string; readonly subjects: string } {
  switch (kind) {
    case 'rows':
      return { stream: STREAMS.rows, subjects: hostSubject(site, host, 'row') };
    case 'facts':
      return { stream: STREAMS.facts, subjects: hostSubject(site, host, 'facts') };
    case 'hosts':
      return { stream: `KV_${BUCKETS.hosts}`, subjects: `$KV.${BUCKETS.hosts}.${site}.${host.replace('@', '/')}` };
  }
}
