import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { HealerHome } from '../support/healer-home.ts';

let home: HealerHome;
beforeEach(() => {
  home = new HealerHome();
});
afterEach(() => home[Symbol.asyncDispose]());

const yaml = (text: string): void => {
  writeFileSync(join(home.folder, 'healer.yaml'), `processes:\n${text}`);
};

interface Waited {
  readonly id: string;
  readonly ok: boolean;
  readonly error?: { readonly message: string };
}

async function upWait(
  ...args: readonly string[]
): Promise<{ readonly code: number | null; readonly waited: readonly Waited[] }> {
  const { code, stdout } = await home.run('up', '--wait', '--json', ...args);
  return { code, waited: (JSON.parse(stdout) as { waited: readonly Waited[] }).waited };
}

describe('up --wait', () => {
  test('waits until programs are ready, healthy or done, and leaves out those that nothing starts', async () => {
    const port = await freePort();
    const server = `require('node:http').createServer((_, answer) => answer.end()).listen(${String(port)}, '127.0.0.1')`;
    yaml(`  slow: { command: sleep, args: ["1000"], startSeconds: 2 }
  site:
    command: node
    args: [-e, ${JSON.stringify(`setTimeout(() => { ${server} }, 1500)`)}]
    health: { check: { type: tcp, port: ${String(port)} }, intervalMs: 300 }
  job: { command: "true", restart: never }
  off: { command: sleep, args: ["1000"], autostart: false }
`);
    expect(await upWait()).toEqual({
      code: 0,
      waited: expect.arrayContaining(
        ['slow', 'site', 'job'].map((id) => expect.objectContaining({ id, ok: true })),
      ) as unknown,
    });
    const rows = await home.rows();
    expect(rows.get('slow')?.state).toBe('running');
    expect(rows.get('site')?.health).toBe('healthy');
    expect(rows.get('off')?.state).toBe('stopped');
  });

  test('exits with 1 at once if a program cannot work, and in time if it does not', async () => {
    yaml(`  broken: { command: sh, args: [-c, "exit 3"], restart: never }
  sick: { command: sleep, args: ["1000"], health: { check: { type: tcp, port: ${String(await freePort())} } } }
`);
    const { code, waited } = await upWait('--timeout', '3s');
    expect(code).toBe(1);
    const errors = new Map(waited.map(({ id, error }) => [id, error?.message]));
    expect(errors.get('broken')).toMatch(/^"broken" will not be ready: it is failed: exited with code 3/);
    expect(errors.get('sick')).toMatch(/^"sick" is not ready after 3\.0s: .* — use --timeout to wait longer$/);
  });

  test('with a running engine, waits for the programs of the files that it was given', async () => {
    yaml('  sick: { command: sh, args: [-c, "exit 3"], restart: never }\n');
    await home.ok('up');
    const other = home.write('other.yaml', 'processes:\n  web: { command: sleep, args: ["1000"] }\n');
    expect(await upWait('-f', other)).toMatchObject({ code: 0, waited: [{ id: 'web', ok: true }] });
    // Again, when nothing has changed.
    expect(await upWait('-f', other)).toMatchObject({ code: 0, waited: [{ id: 'web', ok: true }] });
  });

  test('says nothing but the result with --quiet', async () => {
    yaml('  web: { command: sleep, args: ["1000"] }\n');
    const { code, stdout, stderr } = await home.run('up', '--wait', '--quiet');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^web +running/m);
    expect(stdout).not.toContain('Open the terminal UI');
  });
});
