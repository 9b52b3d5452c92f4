import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { HealerHome } from '../support/healer-home.ts';

const run = promisify(execFile);
const DOCUMENT = readFileSync(new URL('../../docs/http-api.md', import.meta.url), 'utf8');
const LINES = /```sh[^\n]*\n([^`]*)```/.exec(DOCUMENT)![1]!.trim().split('\n');

test('the curl lines of the documentation work as written', async () => {
  await using home = new HealerHome();
  const [api, aliveness] = [await freePort(), await freePort()];
  home.extraEnv = { HEALER_API_PORT: String(api), HEALER_ALIVENESS_PORT: String(aliveness) };
  home.list('idle - - -- sleep 100000');
  await home.up();
  await home.event('serving', ({ data }) => data['port'] === api);
  await home.event('serving', ({ data }) => data['port'] === aliveness);
  expect(LINES.length).toBeGreaterThan(10);
  for (const line of LINES) {
    const command = line.replace(':19881', `:${api}`).replace(':19883', `:${aliveness}`);
    const { stdout } = await run('/bin/sh', ['-c', `${command} --fail-with-body`]).catch((error: unknown) => {
      throw new Error(`${line}: ${(error as { stdout: string }).stdout}`);
    });
    expect(stdout, line).not.toBe('');
  }
  await home.down();
});
