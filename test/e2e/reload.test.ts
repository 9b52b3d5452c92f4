import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

let home: HealerHome;

beforeAll(async () => {
  home = new HealerHome();
  const handler = home.write(
    'handler.mjs',
    `import { appendFileSync } from 'node:fs';
process.on('SIGHUP', () => appendFileSync('reloads.txt', 'reloaded\\n'));
appendFileSync('ready.txt', 'ready');
setInterval(() => undefined, 1000);\n`,
  );
  await home.ok(
    'up',
    '-f',
    home.write(
      'healer.yaml',
      `processes:
  handles: { command: ${process.execPath}, args: [${handler}], groups: [all-kinds] }
  dies: { command: sleep, args: [1000], groups: [all-kinds] }
  ignores: { command: sh, args: ["-c", "trap '' HUP; echo > ignoring.txt; while :; do sleep 1; done"] }
  shelled: { command: "${process.execPath} ${handler}; true", shell: true }
  harmless: { command: sleep, args: [1001], reload: { signal: SIGWINCH } }
`,
    ),
  );
  for (const id of ['handles', 'dies', 'ignores', 'shelled', 'harmless']) await home.state(id, 'running');
  await waitFor(
    () => home.read('ready.txt').length >= 10 && home.read('ignoring.txt') !== '',
    'the programs to be ready',
  );
});
afterAll(() => home[Symbol.asyncDispose]());

describe('a reload', () => {
  test('reaches a program that handles its signal', async () => {
    expect(await home.ok('reload', 'handles')).toContain('reloaded "handles" (now running');
    await waitFor(() => home.read('reloads.txt') === 'reloaded\n', 'the program to reload');
  });

  test.each([
    ['dies', 'it does not handle SIGHUP, which would terminate it'],
    ['ignores', 'it ignores SIGHUP, so nothing would change'],
    ['shelled', 'it does not handle SIGHUP, which would terminate it'],
    ['harmless', 'it ignores SIGWINCH, so nothing would change'],
  ])('of "%s" is refused: %s', async (id, why) => {
    const { pid } = await home.row(id);
    const { code, stdout, stderr } = await home.run('reload', id);
    expect(stderr).toBe(
      `healer: cannot reload "${id}": ${why} — set reload.signal to a signal that its main process (pid ${String(pid)}) handles, ` +
        `or use "healer restart ${id}"; unlike "pm2 reload" and "supervisorctl reload", a reload only sends a signal and restarts nothing\n`,
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(await home.row(id)).toMatchObject({ pid, state: 'running', restarts: 0 });
    expect(await home.kinds(id)).not.toContain('reloaded');
  });

  test('of a group reaches those that handle it and names the others', async () => {
    const { code, stdout, stderr } = await home.run('reload', '@all-kinds');
    expect(stdout).toContain('reloaded "handles"');
    expect(stderr).toContain('cannot reload "dies"');
    expect(code).toBe(1);
  });

  test('over the API is refused in the same way', async () => {
    await expect(home.ask((api) => api.reload({ id: 'dies' }))).rejects.toMatchObject({
      code: 'INVALID_STATE',
      data: { signal: 'SIGHUP', disposition: 'default' },
    });
  });
});

test('a stop answers how the program exited', async () => {
  expect(await home.ok('stop', 'dies')).toMatch(/^stopped "dies" \(now stopped, took [\d.]+m?s, ended by SIGTERM\)\n$/);
  const result = await home.ask((api) => api.stop({ id: 'handles' }));
  expect(result.exit).toEqual({ code: null, signal: 'SIGTERM', coreDumped: false });
  const started = await home.ask((api) => api.start({ id: 'handles' }));
  expect(started.exit).toBeNull();
});
