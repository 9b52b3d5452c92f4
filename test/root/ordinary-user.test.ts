import { spawn } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { finished } from '../support/run-cli.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Neither root nor `nobody`, which acts as the attacker in these tests. Needs no entry in the user database. */
const USER = 54_321;
const FILES = ['remote-execution', 'remote-permissions', 'remote', 'api-fuzz'];

test('the engine of an ordinary user withstands the same attacks as one of root', { timeout: 300_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'healer-user-'));
  chownSync(folder, USER, USER);
  try {
    const asUser = [`--reuid=${String(USER)}`, `--regid=${String(USER)}`, '--clear-groups'];
    const vitest = [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--configLoader', 'runner'];
    const files = FILES.map((name) => `test/e2e/${name}.test.ts`);
    const child = spawn('setpriv', [...asUser, process.execPath, ...vitest, ...files], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'] ?? '', HOME: folder, TMPDIR: folder, LANG: 'C.UTF-8' },
    });
    const { code, stdout, stderr } = await finished(child);
    expect(code, `${stdout}${stderr}`).toBe(0);
    expect(stdout).toMatch(/\n[1-9]\d* passed, 0 failed\n/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
