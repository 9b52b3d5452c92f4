import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { resolvePaths } from '../../src/config/instance/paths.ts';
import { serveSocket } from '../../src/engine/servers/socket-server.ts';
import { FakeServedEngine } from '../support/fake-served-engine.ts';
import { HealerHome } from '../support/healer-home.ts';
import { CLI, finished } from '../support/run-cli.ts';
import { waitFor } from '../support/wait-for.ts';

/** A user without privileges: `nobody` on most systems. */
const OTHER = 65_534;
const EVIL = '/bin/sleep 3600';

function give(path: string): void {
  chownSync(path, OTHER, OTHER);
}

describe('an engine of root does not start', () => {
  test.each<[string, (home: HealerHome) => string]>([
    [
      'if another user owns HEALER_HOME',
      (home) => {
        give(home.folder);
        return home.folder;
      },
    ],
    [
      'if every user can write to HEALER_HOME',
      (home) => {
        chmodSync(home.folder, 0o777);
        return home.folder;
      },
    ],
    [
      'if another user owns the folder of settings',
      (home) => {
        mkdirSync(home.paths.configDir);
        give(home.paths.configDir);
        return home.paths.configDir;
      },
    ],
    [
      'if another user may write to the registry by its access list',
      (home) => {
        mkdirSync(home.paths.configDir);
        writeFileSync(home.paths.registryFile, '{}');
        execFileSync('setfacl', ['-m', `u:${String(OTHER)}:rw`, home.paths.registryFile]);
        return home.paths.registryFile;
      },
    ],
    [
      'if a group with members can write to the state folder',
      (home) => {
        mkdirSync(home.paths.stateDir, { recursive: true });
        chownSync(home.paths.stateDir, 0, OTHER);
        chmodSync(home.paths.stateDir, 0o775);
        return home.paths.stateDir;
      },
    ],
    [
      'if another user put the state folder elsewhere by a link',
      (home) => {
        mkdirSync(join(home.folder, 'state'));
        mkdirSync(join(home.folder, 'theirs'));
        symlinkSync(join(home.folder, 'theirs'), home.paths.stateDir);
        execFileSync('chown', ['-h', String(OTHER), home.paths.stateDir]);
        return home.paths.stateDir;
      },
    ],
    [
      'with a file of another user',
      (home) => {
        home.list(`evil - - -- ${EVIL}`);
        give(home.listFile);
        return home.listFile;
      },
    ],
  ])('%s', async (_what, spoil) => {
    await using home = new HealerHome();
    home.list(`web - - -- ${EVIL}`);
    const place = spoil(home);
    const { code, stderr } = await home.run('up', '-f', home.listFile);
    expect(code).toBe(place === home.listFile ? 2 : 1);
    expect(stderr).toContain(`"${place}" (owner `);
    expect(stderr).toMatch(/mode \d{4}\)/);
    expect(stderr).toMatch(/run "(chown|chmod)/);
    await home.empty();
  });
});

describe('while an engine of root runs', () => {
  test('a source that becomes unsafe changes nothing, and this is reported', async () => {
    await using home = new HealerHome();
    await home.up('web - - -- sleep 3600');
    const pid = await home.pid('web');
    home.list('web - - -- sleep 3600', `evil - - -- ${EVIL}`);
    give(home.listFile);
    await home.event('config-invalid', ({ reason }) => reason.includes(`cannot use "${home.listFile}"`));
    expect([...(await home.rows()).keys()]).toEqual(['web']);
    expect(await home.pid('web')).toBe(pid);
    chownSync(home.listFile, 0, 0);
    await home.state('evil', 'running');
    await home.down();
  });

  test('a registry that becomes unsafe changes nothing, and no command edits it', async () => {
    await using home = new HealerHome();
    await home.up('web - - -- sleep 3600');
    await home.ok('add', 'own', '--', 'sleep', '3600');
    give(home.paths.registryFile);
    const { code, stderr } = await home.run('add', 'more', '--', 'sleep', '3600');
    expect(code).toBe(1);
    expect(stderr).toContain(`run "chown root ${home.paths.registryFile}"`);
    await home.event('config-invalid', ({ reason }) => reason.includes('belongs to another user'));
    expect([...(await home.rows()).keys()].toSorted()).toEqual(['own', 'web']);
    chownSync(home.paths.registryFile, 0, 0);
    await home.down();
  });
});

test('a script that another user can change is not executed to import it', async () => {
  await using home = new HealerHome();
  const script = home.write(
    'ecosystem.config.cjs',
    `require('fs').writeFileSync('${home.folder}/executed', ''); module.exports = { apps: [] }`,
  );
  give(script);
  const { code, stderr } = await home.run('import', script, '--stdout');
  expect(code).toBe(1);
  expect(stderr).toContain(`cannot read "${script}": it would be executed, and "${script}"`);
  expect(stderr).toContain('belongs to another user; run "chown root');
  expect(home.read('executed'), 'not executed').toBe('');
  expect(existsSync(join(home.folder, 'executed'))).toBe(false);
});

describe('a socket that another user created', () => {
  test('receives nothing from a command of root', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'healer-fake-'));
    chmodSync(folder, 0o1777);
    const env = { PATH: process.env['PATH'] ?? '', HOME: join(folder, 'home'), TMPDIR: folder };
    const { socket, runtimeDir } = resolvePaths(env);
    const received = join(folder, 'received');
    // The engine of the other user records what it is sent.
    const code = `const { appendFileSync, mkdirSync } = require('node:fs');
      mkdirSync(process.argv[1], { mode: 0o755 });
      require('node:net').createServer((client) => client.on('data', (bytes) => appendFileSync(process.argv[3], bytes)))
        .listen(process.argv[2], () => { require('node:fs').chmodSync(process.argv[2], 0o777); process.stdout.write('ready'); });`;
    const fake = spawn(process.execPath, ['-e', code, runtimeDir, socket, received], {
      uid: OTHER,
      gid: OTHER,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await new Promise((resolve) => fake.stdout.once('data', resolve));
      for (const args of [['add', 'x', '--env', 'DB_PASSWORD=s3cret', '--', 'sleep', '1'], ['up'], ['ls']]) {
        const { code: exitCode, stderr } = await finished(
          spawn(process.execPath, [CLI, ...args], { cwd: folder, env }),
        );
        expect(exitCode).toBe(1);
        expect(stderr).toMatch(/belongs to \S+, not to you/);
      }
      expect(existsSync(received)).toBe(false);
    } finally {
      fake.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('is not served through a link, and the rights of what it leads to stay as they are', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'healer-link-'));
    const target = join(folder, 'target');
    mkdirSync(target, { mode: 0o755 });
    chmodSync(target, 0o755);
    symlinkSync(target, join(folder, 'run'));
    await expect(serveSocket(join(folder, 'run', 'default.sock'), new FakeServedEngine().served)).rejects.toThrow(
      /is a link, not a folder/,
    );
    expect(lstatSync(target).mode & 0o777).toBe(0o755);
    rmSync(folder, { recursive: true, force: true });
  });
});

describe('the runtime folder of root outside of a session', () => {
  test('is /run/healer, which no other user can create', () => {
    expect(resolvePaths({ HOME: '/h' }, 'unused-name').runtimeDir).toBe('/run/healer');
    expect(resolvePaths({ HOME: '/h', XDG_RUNTIME_DIR: '/run/user/0' }).runtimeDir).toBe('/run/user/0/healer');
  });

  test('is the temporary folder while an engine of an earlier version uses it', async () => {
    const former = join(tmpdir(), 'healer-0');
    const instance = `former-${String(process.pid)}`;
    const existed = existsSync(former);
    mkdirSync(former, { recursive: true, mode: 0o700 });
    writeFileSync(join(former, `${instance}.lock`), '{}');
    try {
      expect(resolvePaths({ HOME: '/h' }, instance).runtimeDir).toBe(former);
    } finally {
      rmSync(join(former, `${instance}.lock`));
      if (!existed) rmSync(former, { recursive: true });
    }
    await waitFor(() => resolvePaths({ HOME: '/h' }, instance).runtimeDir === '/run/healer', 'the folder of root');
  });
});
