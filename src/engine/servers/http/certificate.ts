import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { codeOf } from '../../../base/thrown.ts';
import { HealerError, toHealerError } from '../../../protocol/errors.ts';
import type { Certificate } from './web-server.ts';

export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** How soon a renewed certificate is served. */
const LOOK_MS = 5_000;

/** @throws HealerError INVALID_CONFIG naming the file that cannot be used, and why */
export function readCertificate({ certFile, keyFile }: CertificateFiles): Certificate {
  const cert = readPart('certificate', certFile);
  const key = readPart('key', keyFile);
  const certificate = parsePart('certificate', certFile, () => new X509Certificate(cert));
  const privateKey = parsePart('key', keyFile, (): KeyObject => createPrivateKey(key));
  if (certificate.checkPrivateKey(privateKey)) return { cert, key };
  throw new HealerError('INVALID_CONFIG', `the key "${keyFile}" does not belong to the certificate "${certFile}"`, {
    certFile,
    keyFile,
  });
}

function readPart(part: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const { message } = toHealerError(cause);
    throw new HealerError('INVALID_CONFIG', `the ${part} "${file}" cannot be read: ${message}`, { file }, { cause });
  }
}

function parsePart<T>(part: string, file: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    const message = `"${file}" holds no ${part} in PEM${part === 'key' ? ', or one that asks for a passphrase' : ''}`;
    throw new HealerError('INVALID_CONFIG', message, { file }, { cause });
  }
}

interface Renewal {
  readonly use: (certificate: Certificate) => void;
  /** Null when all is well again. */
  readonly tell: (problem: string | null) => void;
}

/**
 * Serves a certificate that is renewed in its files. They are looked at, not watched: who renews them turns symbolic links
 * in folders elsewhere. Between the writing of the one and of the other they do not fit; then the one before stays.
 * @returns what ends it
 */
export function keepCertificate(files: CertificateFiles, { use, tell }: Renewal, everyMs = LOOK_MS): () => void {
  // What is served was read before this: the first look takes what was renewed meanwhile.
  let used: string | null = null;
  let problem: string | null = null;
  const look = (): void => {
    const before = problem;
    problem = null;
    const state = stateOf(files);
    try {
      if (state !== used) use(readCertificate(files));
      used = state;
    } catch (error) {
      problem = toHealerError(error).message;
    }
    if (problem !== before) tell(problem);
  };
  const timer = setInterval(look, everyMs).unref();
  return () => clearInterval(timer);
}

function stateOf({ certFile, keyFile }: CertificateFiles): string {
  return [certFile, keyFile].map(fingerprint).join();
}

/** Why a file cannot be looked at is for the one to tell who reads it. */
function fingerprint(file: string): string {
  try {
    const { ino, size, mtimeMs } = statSync(file);
    return [ino, size, mtimeMs].join(':');
  } catch (error) {
    return String(codeOf(error));
  }
}
