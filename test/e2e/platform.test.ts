import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { CLI } from '../support/run-cli.ts';
import { waitFor } from '../support/wait-for.ts';

let home: HealerHome;
beforeEach(() => {
  home = new HealerHome();
  home.list('web - - -- sleep 100000');
  home.extraEnv = { HEALER_API_PORT: '0' };
});
afterEach(() => home[Symbol.asyncDispose]());

/** Makes the engine report another platform once a file exists. Everything else of it stays that of Linux. */
const DISGUISE = `
const fs = require('node:fs');
setInterval(() => {
  if (fs.existsSync(process.env.DISGUISE_FILE)) Object.defineProperty(process, 'platform', { value: 'win32' });
}, 50).unref();
`;

test('an engine on Windows refuses to pause and to resume, with the code of the platform and what to do instead', async () => {
  const preload = home.write('disguise.cjs', DISGUISE);
  const flag = `${home.folder}/disguise`;
  const engine = spawn(process.execPath, ['--require', preload, CLI, 'up', '--foreground', '-f', home.listFile], {
    cwd: home.folder,
    env: { ...home.env, DISGUISE_FILE: flag },
    stdio: 'ignore',
  });
  const closed = once(engine, 'close');
  await waitFor(async () => (await home.row('web')).state === 'running', 'the program to run');
  expect((await home.run('pause', 'web')).code).toBe(0);
  expect((await home.run('resume', 'web')).code).toBe(0);
  home.write('disguise', '');
  const serving = await home.event('serving', ({ reason }) => reason.includes('remote API'));
  const [address = ''] = /127\.0\.0\.1:\d+/.exec(serving.reason) ?? [];
  for (const operation of ['pause', 'resume']) {
    const sentence = `cannot ${operation} "web": Windows cannot suspend processes — use "healer stop web" and "healer start web" instead`;
    const refused = await waitFor(async () => {
      const result = await home.run(operation, 'web');
      return result.code === 1 && result;
    }, 'the engine to report the other platform');
    expect(refused.stderr).toBe(`healer: ${sentence}\n`);
    const response = await fetch(`http://${address}/processes/web/${operation}`, { method: 'POST' });
    expect(response.status).toBe(501);
    expect(await response.json()).toMatchObject({ error: { code: 'PLATFORM_NOT_SUPPORTED', message: sentence } });
  }
  expect((await home.row('web')).state).toBe('running');
  await home.down();
  await closed;
});
