import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { statSync } from 'node:fs';
import { readRegularFile } from '../../../base/regular-file.ts';
import { codeOf } from '../../../base/thrown.ts';
import { HealerError, toHealerError } from '../../../protocol/errors.ts';
import type { Certificate } from './web-server.ts';

/** The PEM files of a certificate and its private key. */
export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** How often the files are checked for a renewed certificate. */
const CHECK_MS = 5_000;

/**
 * Reads a certificate and its private key.
 * @throws HealerError INVALID_CONFIG that names the unusable file and the reason
 */
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
    return readRegularFile(file).content;
  } catch (cause) {
    const { message } = toHealerError(cause);
    throw new HealerError('INVALID_CONFIG', `cannot read the ${part} "${file}": ${message}`, { file }, { cause });
  }
}

function parsePart<T>(part: string, file: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    const message = `"${file}" does not contain a ${part} in PEM format${part === 'key' ? ', or the key has a passphrase' : ''}`;
    throw new HealerError('INVALID_CONFIG', message, { file }, { cause });
  }
}

interface Renewal {
  readonly use: (certificate: Certificate) => void;
  /** Called when a problem occurs, and with null once it is resolved. */
  readonly report: (problem: string | null) => void;
}

/**
 * Applies a certificate whenever it is renewed in its files. The files are polled, because renewal tools often redirect
 * symbolic links in other folders. While only one of the two files is new, they do not match; then the previous
 * certificate stays in use.
 * @returns a function that stops polling
 */
export function keepCertificate(files: CertificateFiles, { use, report }: Renewal, everyMs = CHECK_MS): () => void {
  // The certificate in use was read earlier, so the first check applies a renewal since then.
  let used: string | null = null;
  let problem: string | null = null;
  const check = (): void => {
    const previous = problem;
    problem = null;
    const state = stateOf(files);
    try {
      if (state !== used) use(readCertificate(files));
      used = state;
    } catch (error) {
      problem = toHealerError(error).message;
    }
    if (problem !== previous) report(problem);
  };
  const timer = setInterval(check, everyMs).unref();
  return () => clearInterval(timer);
}

function stateOf({ certFile, keyFile }: CertificateFiles): string {
  return [certFile, keyFile].map(fingerprint).join();
}

/** A file without a state is not a problem here: reading it produces the error. */
function fingerprint(file: string): string {
  try {
    const { ino, size, mtimeMs } = statSync(file);
    return [ino, size, mtimeMs].join(':');
  } catch (error) {
    return String(codeOf(error));
  }
}
