import { setTimeout as delay } from 'node:timers/promises';
import { createUser } from '@nats-io/nkeys';
import { errors } from '@nats-io/transport-node';
import { parseJsonObject } from '../../base/parse-json-object.ts';
import { HealerError } from '../../protocol/errors.ts';
import { type Bus, connectBus } from './connect-bus.ts';
import type { BusCredential } from './credential.ts';
import { publicKeyOf } from './hub-time.ts';
import type { Invitation } from './join-line.ts';

const ANSWER_MS = 10_000;
/** The server refuses a request at once while healer is not connected on the hub: just after "fleet init", or at a restart. */
const ASK_AGAIN_MS = 250;

/** What a host or a person sends to exchange an invitation. */
export interface JoinRequest {
  /** The public key that the credential will be issued for. Its private key never leaves this machine. */
  readonly key: string;
  /** Names this machine in messages, e.g. its host name. */
  readonly machine: string;
}

/** The answer of the hub. */
export type JoinAnswer = { readonly jwt: string } | { readonly problem: string };

/** Returns the subject on which the owner of a public key exchanges its invitation. */
function joinSubject(publicKey: string): string {
  return `healer.v1.join.${publicKey}`;
}

/**
 * Exchanges an invitation for a credential with a new key.
 * @throws HealerError UNAUTHENTICATED, FORBIDDEN, IO_ERROR or TIMEOUT with the next step
 */
export async function redeemInvitation(invitation: Invitation, machine: string): Promise<BusCredential> {
  refuseExpired(invitation);
  const invitationKey = publicKeyOf(invitation.jwt);
  const inbox = `_INBOX.join.${invitationKey}`;
  const bus = await connectBus(invitation, { clientName: 'healer-join', inbox });
  try {
    const user = createUser();
    const request: JoinRequest = { key: user.getPublicKey(), machine };
    const jwt = readAnswer(await ask(bus, joinSubject(invitationKey), JSON.stringify(request)));
    const { role, name, site, servers, ca } = invitation;
    return { role, name, site, servers, ca, jwt, seed: new TextDecoder().decode(user.getSeed()) };
  } catch (error) {
    throw explain(error);
  } finally {
    await bus.close();
  }
}

/** Returns the answer, which healer on the hub has 10 s to give, or to become able to give. */
async function ask({ nats }: Bus, subject: string, body: string): Promise<string> {
  const endsAtMs = performance.now() + ANSWER_MS;
  for (;;) {
    try {
      return (await nats.request(subject, body, { timeout: ANSWER_MS })).string();
    } catch (error) {
      if (!isWithoutResponder(error) || performance.now() >= endsAtMs) throw error;
      await delay(ASK_AGAIN_MS);
    }
  }
}

function isWithoutResponder(error: unknown): boolean {
  return error instanceof errors.RequestError && error.cause instanceof errors.NoRespondersError;
}

function refuseExpired({ expiresAtMs, name }: Invitation): void {
  if (Date.now() < expiresAtMs) return;
  throw new HealerError(
    'UNAUTHENTICATED',
    `the invitation of "${name}" expired at ${new Date(expiresAtMs).toISOString()}; create another one on the hub: healer fleet invite ${name}`,
  );
}

function readAnswer(text: string): string {
  const answer = parseJsonObject(text);
  if (typeof answer?.['jwt'] === 'string') return answer['jwt'];
  const problem = answer?.['problem'];
  throw new HealerError(
    'FORBIDDEN',
    typeof problem === 'string' ? problem : 'the hub sent an answer that is not valid',
  );
}

function explain(error: unknown): unknown {
  const isUnanswered = error instanceof errors.TimeoutError || isWithoutResponder(error);
  if (!isUnanswered) return error;
  return new HealerError(
    'TIMEOUT',
    'the hub runs, but healer does not answer there: start the engine on the machine of the hub with "healer up", then run this command again',
    {},
    { cause: error },
  );
}
