import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureFolder, replaceFile } from '../../base/atomic-file.ts';
import { codeOf, messageOf } from '../../base/thrown.ts';
import { HealerError } from '../../protocol/errors.ts';
import { isRecord } from '../../protocol/rpc.ts';

/** What a credential allows, see `ROLE_TEMPLATES` of the hub. */
export const BUS_ROLES = ['host', 'viewer', 'operator', 'admin'] as const;
export type BusRole = (typeof BUS_ROLES)[number];

/** Everything that one host or one person needs to connect to the bus. */
export interface BusCredential {
  readonly role: BusRole;
  /** The host token, or the name of the person. It is part of the credential, so it cannot be changed here. */
  readonly name: string;
  /** The site of a host. For a person, the site whose hosts they may operate on, or "*". */
  readonly site: string;
  /** The addresses of the hub, as `host:port`. */
  readonly servers: readonly string[];
  /** The certificate authority of the hub as PEM; null for a hub without TLS. */
  readonly ca: string | null;
  readonly jwt: string;
  /** The private key. It is never sent: it signs a challenge of the server. */
  readonly seed: string;
}

/** Returns the file that makes this instance a host of a fleet. The engine runs the fleet agent while it exists. */
export function hostCredentialFile(stateDir: string): string {
  return join(stateDir, 'fleet', 'host.json');
}

/** Returns the file with the credential that the commands of this user connect with. */
export function personCredentialFile(configDir: string): string {
  return join(configDir, 'fleet.json');
}

/**
 * Reads a credential. Returns null if the file does not exist.
 * @throws HealerError INVALID_CONFIG if it cannot be read or is no credential
 */
export function readCredential(file: string): BusCredential | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw unusable(file, messageOf(error));
  }
  const credential = parseCredential(text);
  if (credential === null) throw unusable(file, 'it is not a credential of healer');
  return credential;
}

/** Stores a credential so that only its owner can read it. @throws the error of the failed system call */
export function writeCredential(file: string, credential: BusCredential): void {
  ensureFolder(join(file, '..'));
  replaceFile(file, `${JSON.stringify(credential, null, 2)}\n`);
}

/** Returns the credential in a JSON text, or null if there is none in it. */
export function parseCredential(text: string): BusCredential | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  return isCredential(value) ? value : null;
}

const TEXTS = ['role', 'name', 'site', 'jwt', 'seed'] as const;

function isCredential(value: unknown): value is BusCredential {
  if (!isRecord(value) || !TEXTS.every((key) => typeof value[key] === 'string')) return false;
  const { role, servers, ca } = value;
  const isKnownRole = BUS_ROLES.some((known) => known === role);
  const hasServers = Array.isArray(servers) && servers.length > 0 && servers.every((it) => typeof it === 'string');
  return isKnownRole && hasServers && (ca === null || typeof ca === 'string');
}

function unusable(file: string, problem: string): HealerError {
  return new HealerError(
    'INVALID_CONFIG',
    `cannot use the fleet credential "${file}": ${problem}; ask for a new invitation and run "healer fleet join LINE"`,
    { file },
  );
}
