import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from './wait-until.mjs';

const SSHD = '/usr/sbin/sshd';

/** Whether this machine has an SSH server and a client. */
export const hasSsh = existsSync(SSHD) && spawnSync('ssh', ['-V']).status === 0;

/**
 * Starts an SSH server on a free port of the loopback interface, which takes only a key that is made for it.
 * @param {string} folder  for its keys and its configuration
 */
export async function startSshServer(folder) {
  const port = await freePort();
  const makeKey = (name) => {
    const key = join(folder, name);
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    return key;
  };
  const [hostKey, userKey] = [makeKey('host'), makeKey('user')];
  const config = join(folder, 'sshd_config');
  writeFileSync(
    config,
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${hostKey}`,
      `AuthorizedKeysFile ${userKey}.pub`,
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'UsePAM no',
      'StrictModes no',
      'PermitRootLogin prohibit-password',
      'PidFile none',
      '',
    ].join('\n'),
  );
  // The folder that a server started by root separates its privileges in.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const server = spawn(SSHD, ['-D', '-e', '-f', config], { stdio: 'ignore' });
  await waitUntil(() => answers(port), 'the SSH server to listen');
  return {
    port,
    /** Returns the command that runs another one on a terminal of the server, through a port. */
    command: (through, words) => [
      'ssh',
      ...['-tt', '-F', 'none', '-i', userKey, '-p', String(through)],
      ...['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR'],
      ...['-o', 'IdentitiesOnly=yes', `${userInfo().username}@127.0.0.1`],
      words.map((word) => `'${word}'`).join(' '),
    ],
    close: () => server.kill('SIGTERM'),
  };
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
