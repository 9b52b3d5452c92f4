import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = new URL('../fixtures/certificates/', import.meta.url);

/** A self-signed certificate for localhost and 127.0.0.1, created for these tests and valid for a hundred years. */
export const LOCALHOST_CERTIFICATE = fileURLToPath(new URL('localhost.pem', FOLDER));
/** A certificate authority that has signed none of these certificates. */
export const STRANGERS_CERTIFICATE = fileURLToPath(new URL('stranger.pem', FOLDER));

export function localhostTls(): { readonly key: string; readonly cert: string } {
  return {
    key: readFileSync(new URL('localhost.key', FOLDER), 'utf8'),
    cert: readFileSync(LOCALHOST_CERTIFICATE, 'utf8'),
  };
}

export interface TestCertificate {
  readonly certFile: string;
  readonly keyFile: string;
}

/** Certificates for localhost and 127.0.0.1: the first one, and its renewal. */
export const LOCALHOST: TestCertificate = filesOf('localhost');
export const RENEWED: TestCertificate = filesOf('renewed');

function filesOf(name: string): TestCertificate {
  const [certFile, keyFile] = ['pem', 'key'].map((ending) => fileURLToPath(new URL(`${name}.${ending}`, FOLDER)));
  return { certFile: certFile ?? '', keyFile: keyFile ?? '' };
}
