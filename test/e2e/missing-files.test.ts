import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const execute = promisify(execFile);

let folder: string;
let dist: string;

/** An installation of its own, from which the tests remove files. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'healer-missing-files-'));
  dist = join(folder, 'node_modules/healer/dist');
  mkdirSync(dirname(dist), { recursive: true });
  for (const name of ['koffi', '@koromix'])
    symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  const isNeeded = (path: string): boolean => !path.endsWith('.map');
  cpSync(join(ROOT, 'dist'), dist, { recursive: true, verbatimSymlinks: true, filter: isNeeded });
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['the command line', /^command-line\.js$/],
  ['one command', /^add-[A-Z0-9]{8}\.js$/],
])('a command says in one sentence that the file of %s is missing', { timeout: 120_000 }, async (_what, pattern) => {
  const missing = readdirSync(dist).filter((name) => pattern.test(name));
  expect(missing).not.toEqual([]);
  for (const name of missing) rmSync(join(dist, name));
  const { PATH } = process.env;
  const env = { PATH, HOME: folder, HEALER_HOME: join(folder, 'home'), LANG: 'C.UTF-8' };
  const words = [join(dist, 'cli.js'), 'add', 'a', '--', 'sleep', '1'];
  await expect(execute(process.execPath, words, { cwd: folder, env })).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(
      /^healer: a file of healer is missing \(\/.*\.js\): if healer is being upgraded, run the command again; otherwise reinstall it\n$/,
    ) as string,
  });
});
