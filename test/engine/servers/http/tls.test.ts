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

/** Of the certificate that is served just now. */
function servedSerial({ port }: WebServer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

describe('a certificate that cannot be used', () => {
  test.each<[string, () => void, RegExp]>([
    ['is not there', () => rmSync(files.certFile), /the certificate ".*cert\.pem" cannot be read: .*ENOENT/],
    ['has no key', () => rmSync(files.keyFile), /the key ".*key\.pem" cannot be read: .*ENOENT/],
    ['is none', () => writeFileSync(files.certFile, 'hello'), /"[^"]*cert\.pem" holds no certificate in PEM/],
    ['has a key that is none', () => writeFileSync(files.keyFile, 'hello'), /"[^"]*key\.pem" holds no key in PEM/],
    [
      'has the key of another',
      () => copyFileSync(RENEWED.keyFile, files.keyFile),
      /the key ".*key\.pem" does not belong to the certificate ".*cert\.pem"/,
    ],
    ['is a folder', () => (files = { ...files, certFile: folder }), /cannot be read: .*EISDIR/],
  ])('%s', (_, spoil, message) => {
    spoil();
    expect(() => readCertificate(files)).toThrow(message);
  });

  test('may not be read', async () => {
    chmodSync(files.keyFile, 0o000);
    await withoutPrivileges(() => {
      expect(() => readCertificate(files)).toThrow(/EACCES/);
    });
  });
});

test('a certificate that cannot even be looked at is told, and served again when it can', async () => {
  const told: (string | null)[] = [];
  const end = keepCertificate(files, { use: () => undefined, tell: (problem) => void told.push(problem) }, 20);
  rmSync(files.certFile);
  symlinkSync(files.certFile, files.certFile);
  await waitFor(() => told.length === 1, 'the loss to be told');
  expect(told).toEqual([expect.stringMatching(/cert\.pem" cannot be read: .*ELOOP/)]);
  rmSync(files.certFile);
  put(LOCALHOST);
  await waitFor(() => told.length === 2, 'the return');
  expect(told[1]).toBeNull();
  end();
});

test('a certificate that was renewed before the first look is served, too', async () => {
  const used: Certificate[] = [];
  const renewal = { use: (certificate: Certificate) => void used.push(certificate), tell: () => undefined };
  put(RENEWED);
  const end = keepCertificate(files, renewal, 20);
  await waitFor(() => used.length > 0, 'the renewed certificate');
  expect(used).toEqual([readCertificate(files)]);
  end();
});

test('a renewed certificate is served to new connections, and one that does not fit its key is not', async () => {
  const server = await serveWeb({ host: '127.0.0.1', port: 0 }, (_request, response) => response.end('hello'), {
    certificate: readCertificate(files),
  });
  const told: (string | null)[] = [];
  const end = keepCertificate(
    files,
    {
      use: (certificate) => server.renewCertificate(certificate),
      tell: (problem) => void told.push(problem),
    },
    20,
  );
  const before = await servedSerial(server);
  copyFileSync(RENEWED.certFile, files.certFile);
  await waitFor(() => told.length === 1, 'the half of a renewal to be told');
  expect(told).toEqual([expect.stringContaining('does not belong')]);
  expect(await servedSerial(server)).toBe(before);
  copyFileSync(RENEWED.keyFile, files.keyFile);
  await waitFor(() => told.length === 2, 'the renewal');
  expect(told[1]).toBeNull();
  expect(await servedSerial(server)).not.toBe(before);
  end();
  await server.close();
});
