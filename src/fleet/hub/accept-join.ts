import { checkKey } from '@nats-io/jwt';
import { cutText } from '../../base/cut-text.ts';
import { parseJsonObject } from '../../base/parse-json-object.ts';
import { sanitizeText } from '../../base/sanitize-text.ts';
import type { JoinAnswer } from '../bus/join-request.ts';
import type { HubContent } from './hub-file.ts';
import { issue } from './issue.ts';

const MAX_MACHINE = 100;

/** The answer to a request to join, and the hub that knows about it. */
export interface Joined {
  readonly hub: HubContent;
  readonly answer: JoinAnswer;
}

/**
 * Exchanges an invitation for a credential. An invitation works once.
 * @param invitationKey from the subject of the request, which the server enforces
 */
export async function acceptJoin(hub: HubContent, invitationKey: string, body: string, nowMs: number): Promise<Joined> {
  const request = readRequest(body);
  const refused = (problem: string): Joined => ({ hub, answer: { problem } });
  if (request === null) return refused('the request is not valid: both machines should run the same version of healer');
  const member = hub.members.find(({ invitation }) => invitation?.key === invitationKey);
  if (member === undefined) return refused(describeUsed(hub, invitationKey));
  if ((member.invitation?.expiresAtMs ?? 0) <= nowMs) {
    return refused(
      `the invitation of "${member.name}" has expired; create another one on the hub: healer fleet invite`,
    );
  }
  const { role, name, site, verbs } = member;
  const jwt = await issue(hub, { scope: role, name, site, verbs, publicKey: request.key });
  const joined = {
    ...member,
    invitation: null,
    key: request.key,
    usedInvitation: invitationKey,
    joinedAtMs: nowMs,
    machine: request.machine,
  };
  const members = hub.members.map((it) => (it === member ? joined : it));
  // Not revoked: the holder learns from the refusal who used the invitation.
  return { hub: { ...hub, members }, answer: { jwt } };
}

function describeUsed({ members }: HubContent, invitationKey: string): string {
  const user = members.find(({ usedInvitation }) => usedInvitation === invitationKey);
  if (user === undefined)
    return 'the hub does not know this invitation any more; create another one: healer fleet invite';
  const at = new Date(user.joinedAtMs ?? 0).toISOString();
  return `the invitation of "${user.name}" was already used at ${at}${user.machine === null ? '' : ` on ${user.machine}`}; an invitation works once: create another one on the hub with "healer fleet invite ${user.name} --replace"`;
}

function readRequest(body: string): { readonly key: string; readonly machine: string } | null {
  const fields = parseJsonObject(body);
  const { key, machine } = fields ?? {};
  if (typeof key !== 'string' || typeof machine !== 'string' || !isUserKey(key)) return null;
  return { key, machine: cutText(sanitizeText(machine), MAX_MACHINE) };
}

function isUserKey(key: string): boolean {
  try {
    checkKey(key, 'U');
    return true;
  } catch {
    return false;
  }
}
