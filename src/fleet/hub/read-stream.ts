import { DeliverPolicy, jetstream, type JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import type { KeptMessage } from '../contract/kept.ts';

const MS_PER_NS = 1e-6;
const NO_ANSWER_MS = 10_000;
/** Unused consumers are removed by the bus, in case this process is killed. */
const UNUSED_NS = 10 * 1e9;

/**
 * Reads the last message of each subject of a stream.
 * @param subjects which subjects to read, with wildcards
 * @throws the error of the bus: without permission, without the stream, or without an answer in time
 */
export async function readStream(
  nats: NatsConnection,
  stream: string,
  subjects: string,
  onMessage: (message: KeptMessage) => void,
): Promise<void> {
  const askedAt = performance.now();
  const consumer = await jetstream(nats, { timeout: NO_ANSWER_MS }).consumers.get(stream, {
    filter_subjects: subjects,
    deliver_policy: DeliverPolicy.LastPerSubject,
    inactive_threshold: UNUSED_NS,
  });
  const { created, num_pending: pending } = await consumer.info(true);
  // The bus created the consumer between the question and the answer.
  const busAheadMs = Date.parse(created) - (askedAt + performance.now()) / 2;
  try {
    if (pending === 0) return;
    for await (const message of await consumer.fetch({ max_messages: pending, expires: NO_ANSWER_MS })) {
      onMessage(keptOf(message, performance.now() + busAheadMs));
      if (message.info.pending === 0) break;
    }
  } finally {
    void consumer.delete().catch(() => false);
  }
}

function keptOf(message: JsMsg, busNow: number): KeptMessage {
  const ageMs = Math.max(0, busNow - message.info.timestampNanos * MS_PER_NS);
  const isRemoval = ['DEL', 'PURGE'].includes(message.headers?.get('KV-Operation') ?? '');
  return { subject: message.subject, data: message.data, ageMs, isRemoval };
}
