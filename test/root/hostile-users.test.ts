import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isAlive } from '../../src/base/process-liveness.ts';
import { readToken } from '../../src/engine/access/token.ts';
import { resolveCredentials } from '../../src/engine/os/credentials.ts';
import { findDesktopSession } from '../../src/engine/os/desktop-session.ts';
import { HealerHome } from '../support/healer-home.ts';
import { thrownBy } from '../support/thrown-by.ts';
import { waitFor } from '../support/wait-for.ts';

/** A user without privileges: `nobody` on most systems. */
const OTHER = 65_534;

function give(path: string): void {
  chownSync(path, OTHER, OTHER);
}

test('the user of a program can neither block the engine nor read secrets of root by the env file', async () => {
  await using home = new HealerHome();
  const folder = join(home.folder, 'app');
  const file = join(folder, '.env');
  mkdirSync(folder);
  give(folder);
  const secret = home.write('secret.env', 'DB_PASSWORD=topsecret\n', 0o600);
  home.write(
    'healer.yaml',
    JSON.stringify({
      processes: {
        app: {
          command: 'sleep',
          args: ['100000'],
          user: OTHER,
          cwd: folder,
          envFile: file,
          restart: { backoffMs: [0] },
        },
        other: { command: 'sleep', args: ['100000'] },
      },
    }),
  );
  chmodSync(home.folder, 0o755);
  writeFileSync(file, 'A=1\n');
  give(file);
  await home.ok('up', '-f', join(home.folder, 'healer.yaml'));
  const { pid } = await home.state('app', 'running');
  expect(readFileSync(`/proc/${String(pid)}/environ`, 'utf8')).toContain('A=1');
  rmSync(file);
  symlinkSync(secret, file);
  const stolen = await home.run('restart', 'app');
  expect(stolen.code).not.toBe(0);
  expect(JSON.stringify(await home.row('app'))).toContain(`user ${String(OTHER)} may not read it`);
  rmSync(file);
  execFileSync('mkfifo', [file]);
  give(file);
  expect((await home.run('start', 'app')).code).not.toBe(0);
  expect(JSON.stringify(await home.row('app'))).toContain('is not a regular file');
  const other = await home.pid('other');
  process.kill(other, 'SIGKILL');
  await waitFor(async () => !isAlive(other) && (await home.state('other', 'running')).pid !== other, 'healing');
  rmSync(file);
  writeFileSync(file, 'A=2\n');
  await home.ok('start', 'app');
  await home.down();
});

test('an env file that only root can replace may be readable to root alone', async () => {
  await using home = new HealerHome();
  const secret = home.write('secret.env', 'DB_PASSWORD=topsecret\n', 0o600);
  const program = { command: 'sleep', args: ['100000'], user: OTHER, cwd: '/', envFile: secret };
  home.write('healer.yaml', JSON.stringify({ processes: { app: program } }));
  await home.ok('up', '-f', join(home.folder, 'healer.yaml'));
  const { pid } = await home.state('app', 'running');
  expect(readFileSync(`/proc/${String(pid)}/environ`, 'utf8')).toContain('DB_PASSWORD=topsecret');
  await home.down();
});

test.each([2 ** 32 - 1, String(2 ** 32 - 1), 2 ** 32, String(2 ** 32), '18446744073709551615'])(
  'the id %j, which the kernel does not take for a user, does not leave a program with the rights of root',
  (id) => {
    expect(thrownBy(() => resolveCredentials(id, OTHER))).toMatchObject({ code: 'SPAWN_FAILED' });
    expect(thrownBy(() => resolveCredentials(OTHER, id))).toMatchObject({ code: 'SPAWN_FAILED' });
  },
);

test('a token that another user chose is not accepted', () => {
  const folder = mkdtempSync(join(tmpdir(), 'healer-token-'));
  const file = join(folder, 'token');
  writeFileSync(file, '0123456789abcdef', { mode: 0o600 });
  expect(readToken(file).isRight('0123456789abcdef')).toBe(true);
  give(file);
  expect(thrownBy(() => readToken(file)).message).toContain('belongs to another user');
  chownSync(file, 0, 0);
  give(folder);
  expect(thrownBy(() => readToken(file)).message).toContain('belongs to another user');
  rmSync(folder, { recursive: true });
});

test('a set-user-id program of another user does not lead programs of root to the display of that user', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'healer-session-'));
  chmodSync(folder, 0o755);
  const program = join(folder, 'sleep');
  copyFileSync('/bin/sleep', program);
  chmodSync(program, 0o4755);
  const display = `:${String(10_000 + process.pid)}`;
  const socket = `/tmp/.X11-unix/X${display.slice(1)}`;
  const hadFolder = existsSync('/tmp/.X11-unix');
  if (!hadFolder) mkdirSync('/tmp/.X11-unix', { mode: 0o1777 });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  const start = (uid: number) =>
    spawn(program, ['1000'], { uid, gid: uid, env: { DISPLAY: display }, stdio: 'ignore' });
  const foreign = start(OTHER);
  try {
    await waitFor(
      () => readFileSync(`/proc/${String(foreign.pid)}/comm`, 'utf8') === 'sleep\n',
      'the program to start',
    );
    expect(findDesktopSession(0)?.DISPLAY).not.toBe(display);
    const own = start(0);
    await waitFor(() => findDesktopSession(0)?.DISPLAY === display, 'the session of root to be found');
    own.kill('SIGKILL');
  } finally {
    foreign.kill('SIGKILL');
    server.close();
    rmSync(socket, { force: true });
    rmSync(folder, { recursive: true });
  }
});
