import { afterEach, beforeEach, expect, test } from 'vitest';
import { programDetails, programRow, snapshotMessage } from '../support/program-row.ts';
import { type CliHome, createCliHome, finished } from '../support/run-cli.ts';
import { waitFor } from '../support/wait-for.ts';

let home: CliHome;
beforeEach(async () => {
  home = await createCliHome();
});
afterEach(() => home.remove());

const STARTING = programRow({ state: 'starting', why: 'started' });
const OVER = programRow({ id: 'job', state: 'exited', pid: null, why: 'exited with code 0' });

test('waits for each program, and prints a line for each', async () => {
  const engine = await home.startEngine({ list: () => [STARTING, programRow({ id: 'db', pid: 12 })] });
  const child = home.spawn(['wait', 'web', 'db']);
  const result = finished(child);
  await waitFor(() => engine.calls.some(({ method }) => method === 'subscribeSnapshot'), 'the stream');
  engine.pushSnapshot(snapshotMessage({ rows: [STARTING] }));
  engine.pushSnapshot(snapshotMessage({ rows: [programRow()] }));
  const { code, stdout, stderr } = await result;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^"db" is ready \(pid 12, took \d+ms\)\n"web" is ready \(pid 4711, took [\d.]+m?s\)\n$/);
});

test('a program that cannot become ready ends the wait at once', async () => {
  await home.startEngine({ list: () => [OVER] });
  const { code, stdout, stderr } = await home.run(['wait', 'job']);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toBe(
    'healer: "job" will not be ready: it is exited: exited with code 0 — "healer why job" explains it\n',
  );
});

test('a program without a health check never becomes healthy', async () => {
  await home.startEngine({ list: () => [programRow()], describe: () => programDetails(programRow()) });
  const { code, stderr } = await home.run(['wait', 'web', '--for', 'healthy']);
  expect({ code, stderr }).toEqual({ code: 1, stderr: 'healer: "web" has no health check — use "--for ready"\n' });
});

test('says what each program does when the time is up', async () => {
  await home.startEngine({ list: () => [STARTING, OVER] });
  const args = ['wait', 'all', '--for', 'stopped', '--timeout', '300ms'];
  const { code, stdout, stderr } = await home.run(args);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^"job" is exited \(took \d+ms\)\n$/);
  expect(stderr).toBe(
    'healer: "web" is not stopped after 300ms: it is starting: started — use --timeout to wait longer\n',
  );
  const json = await home.run([...args, '--json']);
  expect(json.code).toBe(1);
  expect(JSON.parse(json.stdout)).toEqual([
    { id: 'job', ok: true, result: { state: 'exited', pid: null, tookMs: expect.any(Number) as number } },
    {
      id: 'web',
      ok: false,
      error: { code: 'TIMEOUT', message: expect.any(String) as string, data: { id: 'web', state: 'starting' } },
    },
  ]);
});

test('continues when the engine restarts, and ends with Ctrl-C', async () => {
  const engine = await home.startEngine({ list: () => [STARTING] });
  const child = home.spawn(['wait', 'web']);
  const result = finished(child);
  await waitFor(() => engine.calls.some(({ method }) => method === 'subscribeSnapshot'), 'the stream');
  await engine.close();
  const next = await home.startEngine();
  await waitFor(() => next.calls.some(({ method }) => method === 'subscribeSnapshot'), 'the stream to resume');
  next.pushSnapshot(snapshotMessage({ rows: [STARTING] }));
  child.kill('SIGINT');
  expect(await result).toMatchObject({ code: 130, stdout: '', stderr: '' });
});

test('an unknown program is an error at once', async () => {
  await home.startEngine({ list: () => [programRow()] });
  const { code, stderr } = await home.run(['wait', 'wbe']);
  expect(code).toBe(1);
  expect(stderr).toContain('did you mean "web"?');
});
