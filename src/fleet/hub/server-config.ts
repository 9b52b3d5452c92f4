import { isIP } from 'node:net';
import { ensureFolder, replaceFile } from '../../base/atomic-file.ts';
import { hostOfServer } from '../bus/connect-bus.ts';
import { createServerCertificate } from './certificates.ts';
import { type HubContent, type HubFiles, hubFiles } from './hub-file.ts';
import { signAccounts, type SignedAccounts } from './issue.ts';

const AUTHORITY_NAME = 'healer fleet';

/** The name of the authority that signs the certificate of a hub. */
export function authorityName(): string {
  return AUTHORITY_NAME;
}

/**
 * Writes the configuration of the server. It changes only when a credential is revoked: the server itself takes the accounts
 * from its own copies, but starts from these if it has lost them.
 * @throws the error of the failed system call
 */
export async function writeServerConfig(stateDir: string, hub: HubContent): Promise<SignedAccounts> {
  const files = hubFiles(stateDir);
  for (const folder of [files.folder, files.store, files.accounts]) ensureFolder(folder);
  const accounts = await signAccounts(hub);
  replaceFile(files.serverConfig, serverConfig(hub, files, accounts));
  return accounts;
}

/** Writes a new certificate for the addresses of the hub. @throws the error of the failed system call */
export function writeCertificate(stateDir: string, { authority, servers }: HubContent): void {
  if (authority === null) return;
  const files = hubFiles(stateDir);
  ensureFolder(files.folder);
  const { certificate, key } = createServerCertificate(authority, AUTHORITY_NAME, servers.map(hostOfServer));
  replaceFile(files.key, key);
  replaceFile(files.certificate, certificate);
  replaceFile(files.authority, authority.certificate);
}

/** Returns an address with its port, as clients expect it. */
export function withPort(host: string, port: number): string {
  return `${isIP(host) === 6 ? `[${host}]` : host}:${String(port)}`;
}

/** Neither the monitoring port nor those for leaf nodes and WebSockets are opened: several CVEs of old servers need them. */
function serverConfig(hub: HubContent, files: HubFiles, accounts: SignedAccounts): string {
  const tls =
    hub.authority === null
      ? []
      : ['tls {', `  cert_file: ${quoted(files.certificate)}`, `  key_file: ${quoted(files.key)}`, '  timeout: 5', '}'];
  return [
    '# Written by healer; "healer fleet" commands replace it.',
    'server_name: healer-hub',
    `listen: ${quoted(withPort(hub.listen, hub.port))}`,
    ...tls,
    'jetstream {',
    `  store_dir: ${quoted(files.store)}`,
    '  max_memory_store: 256MB',
    '  max_file_store: 20GB',
    '}',
    'max_payload: 1MB',
    'max_connections: 64K',
    'write_deadline: "10s"',
    'ping_interval: "20s"',
    'ping_max: 2',
    `operator: ${accounts.operator}`,
    `system_account: ${accounts.systemKey}`,
    `resolver: { type: full, dir: ${quoted(files.accounts)}, allow_delete: false, interval: "2m" }`,
    'resolver_preload: {',
    `  ${accounts.systemKey}: ${accounts.system}`,
    `  ${accounts.fleetKey}: ${accounts.fleet}`,
    '}',
    '',
  ].join('\n');
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
