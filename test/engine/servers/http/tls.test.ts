import { chmodSync, copyFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keepCertificate, readCertificate } from '../../../../src/engine/servers/http/certificate.ts';
import { type Certificate, serveWeb, type WebServer } from '../../../../src/engine/servers/http/web-server.ts';
import { LOCALHOST, RENEWED, type TestCertificate } from '../../../support/certificates.ts';
import { waitFor } from '../../../support/wait-for.ts';
import { withoutPrivileges } from '../../../support/without-privileges.ts';

let folder: string;
let files: { certFile: string; keyFile: string };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'healer-tls-'));
  files = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
  put(LOCALHOST);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put({ certFile, keyFile }: TestCertificate): void {
  copyFileSync(certFile, files.certFile);
  copyFileSync(keyFile, files.keyFile);
}

/** Returns the fingerprint of the certificate that is currently served. */
function servedSerial({ port }: WebServer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

describe('an unusable certificate', () => {
  test.each<[string, () => void, RegExp]>([
    ['is missing', () => rmSync(files.certFile), /cannot read the certificate ".*cert\.pem": .*ENOENT/],
    ['has no key', () => rmSync(files.keyFile), /cannot read the key ".*key\.pem": .*ENOENT/],
    [
      'is not in PEM format',
      () => writeFileSync(files.certFile, 'hello'),
      /"[^"]*cert\.pem" does not contain a certificate in PEM format/,
    ],
    [
      'has a key that is not in PEM format',
      () => writeFileSync(files.keyFile, 'hello'),
      /"[^"]*key\.pem" does not contain a key in PEM format/,
    ],
    [
      'has the key of another certificate',
      () => copyFileSync(RENEWED.keyFile, files.keyFile),
      /the key ".*key\.pem" does not belong to the certificate ".*cert\.pem"/,
    ],
    [
      'is a folder',
      () => (files = { ...files, certFile: folder }),
      /cannot read the certificate ".*": ".*" is a folder$/,
    ],
  ])('%s', (_, spoil, message) => {
    spoil();
    expect(() => readCertificate(files)).toThrow(message);
  });

  test('cannot be read without permission', async () => {
    chmodSync(files.keyFile, 0o000);
    await withoutPrivileges(() => {
      expect(() => readCertificate(files)).toThrow(/EACCES/);
    });
  });
});

test('a certificate whose files disappear is reported, and reported as resolved once they are back', async () => {
  const reported: (string | null)[] = [];
  const end = keepCertificate(files, { use: () => undefined, report: (problem) => void reported.push(problem) }, 20);
  rmSync(files.certFile);
  symlinkSync(files.certFile, files.certFile);
  await waitFor(() => reported.length === 1, 'the missing file to be reported');
  expect(reported).toEqual([expect.stringMatching(/cannot read the certificate ".*cert\.pem": .*ELOOP/)]);
  rmSync(files.certFile);
  put(LOCALHOST);
  await waitFor(() => reported.length === 2, 'the problem to be resolved');
  expect(reported[1]).toBeNull();
  end();
});

test('a certificate that was renewed before the first check is served', async () => {
  const used: Certificate[] = [];
  const renewal = { use: (certificate: Certificate) => void used.push(certificate), report: () => undefined };
  put(RENEWED);
  const end = keepCertificate(files, renewal, 20);
  await waitFor(() => used.length > 0, 'the renewed certificate');
  expect(used).toEqual([readCertificate(files)]);
  end();
});

test('a renewed certificate is served to new connections unless it does not match its key', async () => {
  const server = await serveWeb({ host: '127.0.0.1', port: 0 }, (_request, response) => response.end('hello'), {
    certificate: readCertificate(files),
  });
  const reported: (string | null)[] = [];
  const end = keepCertificate(
    files,
    {
      use: (certificate) => server.renewCertificate(certificate),
      report: (problem) => void reported.push(problem),
    },
    20,
  );
  const before = await servedSerial(server);
  copyFileSync(RENEWED.certFile, files.certFile);
  await waitFor(() => reported.length === 1, 'the incomplete renewal to be reported');
  expect(reported).toEqual([expect.stringContaining('does not belong')]);
  expect(await servedSerial(server)).toBe(before);
  copyFileSync(RENEWED.keyFile, files.keyFile);
  await waitFor(() => reported.length === 2, 'the renewal');
  expect(reported[1]).toBeNull();
  expect(await servedSerial(server)).not.toBe(before);
  end();
  await server.close();
});
