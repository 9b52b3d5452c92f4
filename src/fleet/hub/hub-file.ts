import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureFolder, replaceFile } from '../../base/atomic-file.ts';
import { takeFileLock } from '../../base/file-lock.ts';
import { HealerError, toHealerError } from '../../protocol/errors.ts';
import type { BusRole } from '../bus/credential.ts';
import type { Labels } from '../contract/labels.ts';
import type { CertifiedKey } from './certificates.ts';
import type { Scope } from './role-templates.ts';

/** The files of a hub. */
export interface HubFiles {
  readonly folder: string;
  /** Keys and members: everything else can be created again from it. */
  readonly hub: string;
  readonly serverConfig: string;
  readonly certificate: string;
  readonly key: string;
  readonly authority: string;
  /** Where the server keeps streams. */
  readonly store: string;
  /** Where the server keeps the account with its revocations. */
  readonly accounts: string;
}

/** Someone who was invited: a host, or a person. */
export interface Member {
  readonly role: BusRole;
  readonly name: string;
  readonly site: string;
  /** The methods that an operator may call; "*" for all. */
  readonly verbs: readonly string[];
  readonly labels: Labels;
  readonly invitedBy: string;
  readonly invitedAtMs: number;
  /** Null once it was used. */
  readonly invitation: { readonly key: string; readonly expiresAtMs: number } | null;
  /** The public key of the credential that was issued for the invitation; null before. */
  readonly key: string | null;
  /** The public key of the invitation that was used. */
  readonly usedInvitation: string | null;
  readonly joinedAtMs: number | null;
  /** The machine that used the invitation, as its agent named it. */
  readonly machine: string | null;
  readonly fencedAtMs: number | null;
}

/** The version of the form of `HubContent`. */
export const BACKUP_VERSION = 1;

/** What a hub keeps. */
export interface HubContent {
  readonly version: typeof BACKUP_VERSION;
  /** The address that the server listens on. */
  readonly listen: string;
  readonly port: number;
  /** The host names or addresses that hosts connect to, each with its port. */
  readonly servers: readonly string[];
  /** Null without TLS. */
  readonly authority: CertifiedKey | null;
  readonly operatorSeed: string;
  readonly systemSeed: string;
  readonly accountSeed: string;
  readonly scopeSeeds: Readonly<Record<Scope, string>>;
  readonly members: readonly Member[];
  /** When each revoked key was revoked, in seconds since 1970, by public key. */
  readonly revoked: Readonly<Record<string, number>>;
}

const LOCK_PATIENCE_MS = 10_000;

export function hubFiles(stateDir: string): HubFiles {
  const folder = join(stateDir, 'fleet', 'hub');
  const of = (name: string): string => join(folder, name);
  return {
    folder,
    hub: of('hub.json'),
    serverConfig: of('nats.conf'),
    certificate: of('server.pem'),
    key: of('server.key'),
    authority: of('ca.pem'),
    store: of('store'),
    accounts: of('accounts'),
  };
}

/** Returns whether this instance runs a hub. */
export function isHub(stateDir: string): boolean {
  return existsSync(hubFiles(stateDir).hub);
}

/** Reads the keys and members of a hub. @throws HealerError INVALID_STATE if this instance has no hub, IO_ERROR or INVALID_CONFIG */
export function readHub(stateDir: string): HubContent {
  const { hub } = hubFiles(stateDir);
  if (!isHub(stateDir)) {
    throw new HealerError(
      'INVALID_STATE',
      'this instance is not the hub of a fleet: run the command on the machine of the hub, or create one with "healer fleet init --listen ADDRESS"',
    );
  }
  try {
    return JSON.parse(readFileSync(hub, 'utf8')) as HubContent;
  } catch (error) {
    throw new HealerError(
      'INVALID_CONFIG',
      `cannot read "${hub}": ${toHealerError(error).message}; restore it from a backup: it contains the keys of the fleet`,
    );
  }
}

/** Writes the keys and members of a hub. @throws the error of the failed system call */
export function writeHub(stateDir: string, content: HubContent): void {
  const { folder, hub } = hubFiles(stateDir);
  ensureFolder(folder);
  replaceFile(hub, `${JSON.stringify(content, null, 1)}\n`);
}

/**
 * Changes the keys and members of a hub, one process at a time. `change` returns the new content, and what the caller gets.
 * @throws HealerError TIMEOUT if another process does not finish its change, and what `change` throws
 */
export async function changeHub<T>(
  stateDir: string,
  change: (content: HubContent) => Promise<readonly [content: HubContent, result: T]>,
): Promise<T> {
  const { folder } = hubFiles(stateDir);
  readHub(stateDir);
  const lock = await takeFileLock(join(folder, 'hub.lock'), null, LOCK_PATIENCE_MS);
  if (lock === null) {
    throw new HealerError('TIMEOUT', `another command changes the hub for more than 10 s; run the command again`);
  }
  try {
    const [content, result] = await change(readHub(stateDir));
    writeHub(stateDir, content);
    return result;
  } finally {
    lock.release();
  }
}
