import { spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { CLI, type CliResult, finished } from '../support/run-cli.ts';

/** Neither has an entry in the user database. */
const NAMELESS = 54_321;
const OTHER = 7_777;

class Users extends HealerHome {
  constructor() {
    super();
    chmodSync(this.folder, 0o755);
    this.list('a - - -- sleep 200000');
  }

  /** Creates a folder that belongs to a user. */
  folderOf(uid: number, name: string): string {
    const folder = join(this.folder, name);
    mkdirSync(folder, { recursive: true });
    chownSync(folder, uid, uid);
    return folder;
  }

  as(uid: number, variables: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<CliResult> {
    const { PATH = '' } = process.env;
    const env = { PATH, LANG: 'C.UTF-8', HEALER_API_PORT: 'off', HEALER_ALIVENESS_PORT: 'off', ...variables };
    const user = uid === 0 ? {} : { uid, gid: uid };
    return finished(spawn(process.execPath, [CLI, ...args], { cwd: this.folder, env, ...user }));
  }
}

describe('a user without an entry in the user database', () => {
  test('starts, checks and stops an engine as other users do', async () => {
    await using home = new Users();
    const variables = { HOME: home.folderOf(NAMELESS, 'user'), TMPDIR: home.folderOf(NAMELESS, 'tmp') };
    const run = (...args: readonly string[]): Promise<CliResult> => home.as(NAMELESS, variables, ...args);
    try {
      expect(await run('up', '-f', home.listFile)).toMatchObject({ code: 0 });
      expect((await run('status')).stdout).toContain('uid 54321, home ');
      for (const args of [['ls'], ['doctor'], ['startup', 'systemd'], ['add', 'b', '--', 'sleep', '1']]) {
        const { stderr } = await run(...args);
        expect(stderr).not.toContain('uv_os_get_passwd');
      }
    } finally {
      expect(await run('down')).toMatchObject({ code: 0 });
    }
  });

  test('without HOME and HEALER_HOME gets the name of the variable to set', async () => {
    await using home = new Users();
    const { code, stderr } = await home.as(NAMELESS, { TMPDIR: home.folderOf(NAMELESS, 'tmp') }, 'up');
    expect(code).toBe(1);
    expect(stderr).toContain(
      '"/" belongs to root (mode 0755), not to uid 54321 — set HEALER_HOME to a writable folder',
    );
  });
});

describe('root in the home of a user', () => {
  test('is refused by every command, and leaves nothing there', async () => {
    await using home = new Users();
    const user = home.folderOf(NAMELESS, 'user');
    for (const args of [['ls'], ['up'], ['add', 'b', '--', 'sleep', '1'], ['config', 'set', 'healing', 'observe']]) {
      const { code, stderr } = await home.as(0, { HOME: user, TMPDIR: home.folder }, ...args);
      expect(code).toBe(1);
      expect(stderr).toContain(`"${user}" belongs to uid 54321, but you are root`);
      expect(stderr).toContain('run "sudo -u #54321 healer …"');
    }
    expect(await home.as(NAMELESS, { HOME: user }, 'add', 'b', '--', 'sleep', '1')).toMatchObject({ code: 0 });
  });

  test('is not connected to the engine of a user through its runtime folder', async () => {
    await using home = new Users();
    const own = { HOME: home.folderOf(NAMELESS, 'user'), XDG_RUNTIME_DIR: home.folderOf(NAMELESS, 'run') };
    expect(await home.as(NAMELESS, own, 'up', '-f', home.listFile)).toMatchObject({ code: 0 });
    try {
      const { code, stderr } = await home.as(0, { HOME: home.folder, XDG_RUNTIME_DIR: own.XDG_RUNTIME_DIR }, 'down');
      expect(code).toBe(1);
      expect(stderr).toContain('belongs to uid 54321, not to you — use "sudo -u #54321 healer …"');
    } finally {
      expect(await home.as(NAMELESS, own, 'down')).toMatchObject({ code: 0 });
    }
  });
});

test('a folder that root left in the home of a user is named with its owner and the command that repairs it', async () => {
  await using home = new Users();
  const user = home.folderOf(NAMELESS, 'user');
  home.folderOf(NAMELESS, 'user/.config');
  mkdirSync(join(user, '.config/healer'), { mode: 0o700 });
  const { code, stderr } = await home.as(NAMELESS, { HOME: user }, 'add', 'b', '--', 'sleep', '1');
  expect(code).toBe(1);
  expect(stderr).toContain(`"${user}/.config/healer" belongs to root (mode 0700), not to uid 54321`);
  expect(stderr).toContain(`give it back with "sudo chown -R 54321 ${user}/.config/healer"`);
});

test('a socket in a folder that another user created first is not trusted', async () => {
  await using home = new Users();
  const folder = home.folderOf(OTHER, `tmp/healer-${String(NAMELESS)}`);
  const path = join(folder, 'default.sock');
  let requests = 0;
  const server = createServer((socket) => socket.on('data', () => (requests += 1)));
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(path, resolve));
  chmodSync(path, 0o777);
  const variables = { HOME: home.folderOf(NAMELESS, 'user'), TMPDIR: join(home.folder, 'tmp') };
  for (const owner of [OTHER, NAMELESS]) {
    chownSync(path, owner, owner);
    const { code, stderr } = await home.as(NAMELESS, variables, 'ls');
    expect(code).toBe(1);
    expect(stderr).toMatch(owner === OTHER ? /belongs to uid 7777, not to you/ : /could be replaced by user 7777/);
  }
  expect(requests).toBe(0);
});

test('a command with the HOME of another user names its owner, the engines of that user, and what to set', async () => {
  await using home = new Users();
  const theirs = home.folderOf(OTHER, 'theirs');
  const tmp = home.folderOf(OTHER, 'tmp-theirs');
  const asOwner = { HOME: theirs, TMPDIR: tmp };
  const asGuest = { HOME: theirs, TMPDIR: home.folderOf(NAMELESS, 'tmp-ours') };
  try {
    expect(await home.as(OTHER, asOwner, 'up', '-f', home.listFile)).toMatchObject({ code: 0 });
    const pid = /pid (\d+)/.exec((await home.as(OTHER, asOwner, 'status')).stdout)?.[1] ?? '';
    for (const command of [['ls'], ['status'], ['stop', 'a'], ['logs', 'a'], ['why', 'a']]) {
      const { code, stderr } = await home.as(NAMELESS, asGuest, ...command);
      expect({ command, code }).toEqual({ command, code: 3 });
      expect(stderr).toContain(`HOME is "${theirs}", which belongs to uid 7777, who runs an engine (pid ${pid})`);
      expect(stderr).toContain('for an engine of yours, set HOME or HEALER_HOME to a folder of yours');
    }
  } finally {
    expect(await home.as(OTHER, asOwner, 'down')).toMatchObject({ code: 0 });
  }
});
