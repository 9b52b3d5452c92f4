import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configureMail } from '../support/alert-home.ts';
import { startMailServer } from '../support/mail-server.ts';
import { type CliHome, createCliHome } from '../support/run-cli.ts';

let home: CliHome;
beforeEach(async () => {
  home = await createCliHome();
});
afterEach(() => home.remove());

describe('healer test-email', () => {
  test('connects, then sends a mail of each kind, without an engine', async () => {
    await using server = await startMailServer();
    configureMail(home, server.port);
    const { code, stdout, stderr } = await home.run(['test-email']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')[0]).toBe('ok      connect and log in to the mail server');
    expect(server.subjects()).toEqual([
      '[Self-Healing Monitor] Process Crash: example',
      '[Self-Healing Monitor] Resource Violation: example',
      '[Self-Healing Monitor] Anomaly Detected: example (memory leak)',
      '[Self-Healing Monitor] Zombie Processes Detected: 3',
      '[Self-Healing Monitor] Cooldown Activated: example',
      '[Self-Healing Monitor] Restart Failed: example',
      '[Self-Healing Monitor] Health Check Failed: example',
      '[Self-Healing Monitor] Engine Recovered: healer',
      '[Self-Healing Monitor] Recovered: example',
      '[Self-Healing Monitor] Digest: 40 alerts about 40 programs',
    ]);
  });

  test('stops if the server cannot be reached, and suggests what to check', async () => {
    const server = await startMailServer();
    await server[Symbol.asyncDispose]();
    configureMail(home, server.port);
    const { code, stdout } = await home.run(['test-email']);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^failed {2}connect and log in.*check smtp_server, smtp_port and whether the server is running\)\n$/,
    );
  });

  test('prints JSON', async () => {
    await using server = await startMailServer();
    configureMail(home, server.port);
    const steps = JSON.parse((await home.run(['test-email', '--json'])).stdout);
    expect(steps).toHaveLength(11);
    expect(steps[0]).toEqual({ step: 'connect and log in to the mail server', channel: 'email', failure: null });
  });

  test('explains what to configure if no channel is configured', async () => {
    const { code, stderr } = await home.run(['test-email']);
    expect(code).toBe(2);
    expect(stderr).toContain('email_config.txt');
    expect(stderr).toContain('smtp_server, sender_email and receiver_email');
  });

  test('reports the position of a mistake', async () => {
    configureMail(home, 25, 'use_ssl = perhaps');
    const { code, stderr } = await home.run(['test-email']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/email_config\.txt:6:11: invalid use_ssl \(write true or false\)/);
  });
});
