import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RemoteHealerClient } from '../../src/client/index.ts';
import { LOCALHOST, RENEWED, STRANGERS_CERTIFICATE } from '../support/certificates.ts';
import { freePort } from '../support/free-port.ts';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

const PATIENCE_MS = 30_000;
const TOKEN = 'a-token-with-enough-characters';
const SLEEPY = `sleepy - - -- ${process.execPath} -e "setInterval(() => undefined, 1000)"`;

test('the remote API over TLS, from a missing key to a renewed certificate', async () => {
  await using home = new HealerHome();
  const port = await freePort();
  const url = `https://localhost:${port}`;
  const tokenFile = home.write('token', TOKEN, 0o600);
  const [certFile, keyFile] = [join(home.folder, 'cert.pem'), join(home.folder, 'key.pem')];
  const degraded = async (): Promise<string> => (await home.ask((engine) => engine.status({}))).degraded.join();
  const reported = (text: string): Promise<unknown> =>
    waitFor(async () => (await degraded()).includes(text), `"${text}" to be reported`, PATIENCE_MS);
  const configure = (): Promise<string> =>
    home.ok('config', 'set', 'api', JSON.stringify({ port, tokenFile, tls: { certFile, keyFile } }));

  home.extraEnv = { HEALER_API_PORT: '', HEALER_CA_FILE: LOCALHOST.certFile };
  copyFileSync(LOCALHOST.certFile, certFile);
  await configure();
  await home.up(SLEEPY);
  await reported(`the remote API is not available: cannot read the key "${keyFile}"`);
  await home.state('sleepy', 'running');
  // A fixed file is detected automatically; a changed setting takes effect at once.
  copyFileSync(LOCALHOST.keyFile, keyFile);
  await waitFor(async () => (await degraded()) === '', 'the API to be served', PATIENCE_MS);

  const remotely = ['--host', url, '--token-file', tokenFile];
  expect(JSON.parse(await home.ok(...remotely, 'ls', '--json'))).toMatchObject([{ id: 'sleepy' }]);
  const ca = readFileSync(LOCALHOST.certFile);
  const client = await RemoteHealerClient.connect({ url, token: TOKEN, ca });
  const events = client.events();
  const next = events.next();
  await client.restart('sleepy');
  expect((await next).value?.process).toBe('sleepy');

  home.extraEnv = { ...home.extraEnv, HEALER_CA_FILE: STRANGERS_CERTIFICATE };
  const doubted = await home.run(...remotely, 'ls');
  expect(doubted.code).not.toBe(0);
  expect(doubted.stderr).toContain('HEALER_CA_FILE');
  await expect(RemoteHealerClient.connect({ url, token: TOKEN })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  const plain = await home.run('--host', `http://localhost:${port}`, '--token-file', tokenFile, 'ls');
  expect(plain.code).toBe(3);

  copyFileSync(RENEWED.certFile, certFile);
  await reported('the renewed certificate cannot be used, so the previous one stays in effect');
  copyFileSync(RENEWED.keyFile, keyFile);
  await waitFor(async () => (await degraded()) === '', 'the renewal', PATIENCE_MS);
  const renewed = await RemoteHealerClient.connect({ url, token: TOKEN, ca: readFileSync(RENEWED.certFile) });
  expect(await renewed.list()).toHaveLength(1);
  // Existing streams continue.
  const later = events.next();
  await renewed.restart('sleepy');
  expect((await later).value?.process).toBe('sleepy');
  renewed.close();
  client.close();

  writeFileSync(keyFile, 'no key');
  rmSync(certFile);
  await reported('the previous one stays in effect');
  expect(await home.pid('sleepy')).toBeGreaterThan(0);
  await home.down();
});
