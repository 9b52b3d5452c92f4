import { HealerError } from '../../protocol/errors.ts';
import type { BusRole } from '../bus/credential.ts';
import { type Invitation, writeJoinLine } from '../bus/join-line.ts';
import type { Labels } from '../contract/labels.ts';
import type { HubContent, Member } from './hub-file.ts';
import { createUserKey, issue } from './issue.ts';

/** Who is invited, and how. */
export interface InvitationRequest {
  readonly role: BusRole;
  readonly name: string;
  readonly site: string;
  readonly verbs: readonly string[];
  readonly labels: Labels;
  readonly invitedBy: string;
  readonly nowMs: number;
  readonly validMs: number;
  /** Replaces the credential of a member that has joined: the old one is revoked. */
  readonly replaces: boolean;
}

/** An invitation, and the hub that knows it. */
export interface Invited {
  readonly hub: HubContent;
  readonly line: string;
  readonly member: Member;
  /** Whether a credential was revoked, which the server has to be informed of. */
  readonly hasRevoked: boolean;
}

/** Returns what identifies a member: hosts of different sites may have the same name, and a person the name of a host. */
function memberKey({ role, site, name }: Pick<Member, 'role' | 'site' | 'name'>): string {
  return role === 'host' ? `host ${site} ${name}` : `person ${name}`;
}

/**
 * Invites a host or a person. An earlier invitation that was not used stops working.
 * @throws HealerError ALREADY_EXISTS if the member has joined and is not to be replaced
 */
export async function invite(hub: HubContent, request: InvitationRequest): Promise<Invited> {
  const key = memberKey(request);
  const before = hub.members.find((member) => memberKey(member) === key);
  if (before !== undefined) refuseReplacement(before, request);
  const { publicKey, seed } = createUserKey();
  const { role, name, site, verbs, labels, invitedBy, nowMs, validMs } = request;
  const expiresAtMs = nowMs + validMs;
  const jwt = await issue(hub, { scope: 'invitation', name, site, verbs: [], publicKey, expiresAtMs });
  const member: Member = {
    ...{ role, name, site, verbs, invitedBy },
    labels: { ...before?.labels, ...labels },
    invitedAtMs: nowMs,
    invitation: { key: publicKey, expiresAtMs },
    key: null,
    usedInvitation: null,
    joinedAtMs: null,
    machine: null,
    fencedAtMs: null,
  };
  const invitation: Invitation = { role, name, site, ...serverOf(hub), jwt, seed, expiresAtMs };
  const revoked = before === undefined ? [] : keysOf(before);
  const others = hub.members.filter((other) => other !== before);
  return {
    hub: revoke({ ...hub, members: [...others, member] }, revoked, nowMs),
    line: writeJoinLine(invitation),
    member,
    hasRevoked: revoked.length > 0,
  };
}

/** Returns what a credential contains of a hub. */
export function serverOf({ servers, authority }: HubContent): { servers: readonly string[]; ca: string | null } {
  return { servers, ca: authority?.certificate ?? null };
}

/** Returns the keys that a member may connect with. */
export function keysOf({ key, invitation }: Member): readonly string[] {
  return [key, invitation?.key ?? null].filter((it) => it !== null);
}

/** Revokes keys. They can never be used again, because the credentials that are issued later have other keys. */
export function revoke(hub: HubContent, keys: readonly string[], nowMs: number): HubContent {
  const atSeconds = Math.floor(nowMs / 1000);
  return { ...hub, revoked: { ...hub.revoked, ...Object.fromEntries(keys.map((key) => [key, atSeconds])) } };
}

function refuseReplacement(before: Member, { name, role, replaces }: InvitationRequest): void {
  if (before.joinedAtMs === null || before.fencedAtMs !== null || replaces) return;
  const since = new Date(before.joinedAtMs).toISOString();
  const command = role === 'host' ? `healer fleet invite ${name}` : `healer fleet invite --role ${role} ${name}`;
  throw new HealerError(
    'ALREADY_EXISTS',
    `"${name}" joined at ${since}${before.machine === null ? '' : ` on ${before.machine}`}; to replace its credential, which disconnects it until it joins again: ${command} --replace`,
    { name },
  );
}
