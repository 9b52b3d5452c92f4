import { errors } from '@nats-io/nats-core';
import type { Bus } from '../bus/connect-bus.ts';
import { type KeptMessage, type KeptRequest, keptSubject, readKeptPage } from '../contract/kept.ts';

const NO_ANSWER_MS = 10_000;

/**
 * Reads what the hub keeps: the last message of each host that a request selects.
 * @throws the error of the bus, or an error that says why they cannot be read
 */
export async function readKept(
  { nats, credential }: Pick<Bus, 'nats' | 'credential'>,
  request: KeptRequest,
  onMessage: (message: KeptMessage) => void,
): Promise<void> {
  const answers = await nats.requestMany(keptSubject(credential.name), JSON.stringify(request), {
    strategy: 'sentinel',
    maxWait: NO_ANSWER_MS,
  });
  try {
    for await (const answer of answers) {
      if (answer.data.length === 0) return;
      const page = readKeptPage(answer.string());
      if ('problem' in page) throw new Error(page.problem);
      for (const message of page.messages) onMessage(message);
    }
  } catch (error) {
    throw explain(error);
  }
  throw new Error('healer on the machine of the hub did not answer within 10 s');
}

function explain(error: unknown): unknown {
  const isUnanswered =
    error instanceof errors.NoRespondersError || (error instanceof errors.RequestError && error.isNoResponders());
  if (!isUnanswered) return error;
  return new Error('healer does not run on the machine of the hub: run "healer up" there', { cause: error });
}
