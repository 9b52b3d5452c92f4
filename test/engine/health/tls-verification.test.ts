import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Check } from '../../../src/engine/health/probe.ts';
import { runProbe } from '../../../src/engine/health/run-probe.ts';
import { LOCALHOST_CERTIFICATE, localhostTls, STRANGERS_CERTIFICATE } from '../../support/certificates.ts';

let server: ReturnType<typeof createServer>;
let url: string;
beforeEach(async () => {
  server = createServer(localhostTls(), (_request, response) => response.end('ok'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `https://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

type HttpCheck = Extract<Check, { type: 'http' }>;

test.each<[string, Partial<HttpCheck>, boolean]>([
  ['accepts a self-signed certificate on the loopback interface by default', {}, true],
  ['refuses it with tlsVerify', { tlsVerify: true }, false],
  ['accepts it without tlsVerify', { tlsVerify: false }, true],
  ['verifies with the authorities of "ca"', { ca: LOCALHOST_CERTIFICATE }, true],
  ['refuses a certificate that "ca" has not signed', { ca: STRANGERS_CERTIFICATE }, false],
  [
    'accepts a certificate that "ca" has not signed without tlsVerify',
    { ca: STRANGERS_CERTIFICATE, tlsVerify: false },
    true,
  ],
  ['fails if "ca" is missing', { ca: '/nonexistent/ca.pem' }, false],
])('a check of https %s', async (_, fields, ok) => {
  const check: Check = {
    ...{ type: 'http', url, method: 'GET', headers: {}, status: [], tlsVerify: null, ca: null, body: null },
    ...fields,
  };
  const surroundings = (): never => {
    throw new Error('no command runs here');
  };
  const result = await runProbe({ check, timeoutMs: 10_000, surroundings, signal: new AbortController().signal });
  expect(result).toMatchObject({ ok });
  if (!ok) expect(result.answer).toMatch(/certificate|\/nonexistent\/ca\.pem/);
});
