import { hostname } from 'node:os';
import type { BusCredential } from '../bus/credential.ts';
import { createAuthority } from './certificates.ts';
import { acceptJoin } from './accept-join.ts';
import { BACKUP_VERSION, changeHub, type HubContent, writeHub } from './hub-file.ts';
import { type InvitationRequest, invite, serverOf } from './invite.ts';
import { createHubKeys, createUserKey } from './issue.ts';
import { authorityName, withPort, writeCertificate, writeServerConfig } from './server-config.ts';

/** Where a hub listens, and how it is reached. */
export interface HubPlace {
  readonly listen: string;
  readonly port: number;
  /** Host names or addresses that hosts connect to. */
  readonly advertised: readonly string[];
  readonly hasTls: boolean;
}

/**
 * Creates the keys, the certificate and the configuration of a hub.
 * @param backup the hub of another machine that it replaces, with the same keys and members; null for a new one
 * @throws the error of the failed system call
 */
export async function createHub(
  stateDir: string,
  { listen, port, advertised, hasTls }: HubPlace,
  backup: HubContent | null = null,
): Promise<HubContent> {
  const created = (): HubContent => ({
    version: BACKUP_VERSION,
    listen,
    port,
    servers: advertised.map((host) => withPort(host, port)),
    authority: hasTls ? createAuthority(authorityName()) : null,
    ...createHubKeys(),
    members: [],
    revoked: {},
  });
  const hub: HubContent = backup === null ? created() : { ...backup, listen, port };
  writeCertificate(stateDir, hub);
  await writeServerConfig(stateDir, hub);
  // Last, because the instance is a hub as soon as this file exists.
  writeHub(stateDir, hub);
  return hub;
}

/** Makes a host or a person a member whose credential stays on the machine of the hub, without a line to paste. */
export async function admitHere(
  stateDir: string,
  request: Pick<InvitationRequest, 'role' | 'name' | 'site'>,
): Promise<BusCredential> {
  return changeHub(stateDir, async (before) => {
    const nowMs = Date.now();
    const details = { verbs: ['*'], labels: {}, invitedBy: 'fleet init', nowMs, validMs: 60_000, replaces: true };
    const { hub, member } = await invite(before, { ...request, ...details });
    const { publicKey, seed } = createUserKey();
    const body = JSON.stringify({ key: publicKey, machine: hostname() });
    const joined = await acceptJoin(hub, member.invitation?.key ?? '', body, nowMs);
    if (!('jwt' in joined.answer)) throw new Error(joined.answer.problem);
    return [joined.hub, { ...request, ...serverOf(hub), jwt: joined.answer.jwt, seed }];
  });
}
