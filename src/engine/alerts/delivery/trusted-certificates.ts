import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import type { Environment } from '../../../base/environment.ts';
import { readRegularFile } from '../../../base/regular-file.ts';

/** Where systems keep the certificates that they trust: Debian and Arch, Fedora and Red Hat, SUSE, Alpine and the BSDs. */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];
/** Bundles of systems have less than 1 MB. */
const MAX_BYTES = 16 * 2 ** 20;

/**
 * Returns the certificates to trust, in PEM format: those in `caFile` if it is set, else those of the system, as OpenSSL finds
 * them. Node has a list of its own, which lacks the certificates that administrators install. It is used if the system has none.
 * @throws the error of reading `caFile`
 */
function trustedCertificates(caFile: string | null, env: Environment = process.env): string[] {
  if (caFile !== null) return [readRegularFile(caFile, MAX_BYTES).content.toString()];
  const named = [...readAll([env['SSL_CERT_FILE']]), ...readFolders(env['SSL_CERT_DIR'])];
  const system = named.length > 0 ? named : readAll(BUNDLES).slice(0, 1);
  const extra = readAll([env['NODE_EXTRA_CA_CERTS']]);
  return [...(system.length > 0 ? system : rootCertificates), ...extra];
}

interface Trusting {
  readonly text: string;
  readonly context: SecureContext;
}

/** The latest context for each `ca_file`. */
const contexts = new Map<string | null, Trusting>();

/**
 * Returns a TLS context that trusts these certificates. It is kept for the next connection, because parsing the certificates
 * of a system takes longer than sending a message.
 * @throws the error of reading `caFile`, or an error if it contains no certificate
 */
export function trustingContext(caFile: string | null): SecureContext {
  const certificates = trustedCertificates(caFile);
  const text = certificates.join('\n');
  const known = contexts.get(caFile);
  if (known?.text === text) return known.context;
  const context = createSecureContext({ ca: certificates });
  contexts.set(caFile, { text, context });
  return context;
}

function readAll(paths: readonly (string | undefined)[]): string[] {
  return paths.flatMap((path) => {
    try {
      const text = path === undefined || path === '' ? '' : readRegularFile(path, MAX_BYTES).content.toString();
      return text.includes('BEGIN') ? [text] : [];
    } catch {
      return [];
    }
  });
}

function readFolders(folders: string | undefined): string[] {
  return (folders ?? '').split(':').flatMap((folder) => {
    try {
      return folder === '' ? [] : readAll(readdirSync(folder).map((name) => join(folder, name)));
    } catch {
      return [];
    }
  });
}
