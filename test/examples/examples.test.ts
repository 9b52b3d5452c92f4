import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { parseProcessList } from '../../src/config/process-list/read-process-list.ts';
import { waitFor } from '../support/wait-for.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const running: ChildProcess[] = [];

interface Example {
  readonly child: ChildProcess;
  readonly exit: Promise<unknown[]>;
  output: string;
}

function run(name: string, args: string[] = [], env: Record<string, string> = {}): Example {
  const file = join(ROOT, 'examples', `${name}.mjs`);
  // In its own process group, so that its children can be killed too.
  const child = spawn(process.execPath, [file, ...args], { env: { ...process.env, ...env }, detached: true });
  running.push(child);
  const example: Example = { child, exit: once(child, 'close'), output: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (example.output += text));
  }
  return example;
}

afterEach(() => {
  for (const { pid } of running.splice(0)) {
    if (pid === undefined) continue;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has already exited.
    }
  }
});

describe('process_list.txt', () => {
  const text = readFileSync(join(ROOT, 'process_list.txt'), 'utf8');
  const { entries, problems } = parseProcessList(text, join(ROOT, 'process_list.txt'));

  test('has no problems', () => {
    expect(problems).toEqual([]);
    expect(entries.map(({ spec }) => spec.id)).toEqual(['web', 'worker', 'crasher', 'leaker']);
  });

  test('has no problems with its commented programs either', () => {
    const uncommented = text.replaceAll(/^# (?=\S+ +(?:\d+|-) +\d+)/gm, '');
    const all = parseProcessList(uncommented, join(ROOT, 'process_list.txt'));
    expect(all.problems).toEqual([]);
    expect(all.entries.map(({ spec }) => spec.id)).toEqual(expect.arrayContaining(['crash-loop', 'gedit', 'firefox']));
  });

  test('refers to existing examples', () => {
    for (const { spec } of entries) expect(existsSync(join(ROOT, spec.args[0] ?? '')), spec.id).toBe(true);
  });
});

const PROGRAMS = readdirSync(join(ROOT, 'examples')).filter((name) => /\.(?:mjs|sh)$/.test(name));

test.each(PROGRAMS)('%s starts with a comment on what it does and what healer does about it', (name) => {
  const text = readFileSync(join(ROOT, 'examples', name), 'utf8').replace(/^#!.*\n/, '');
  const [first, ...others] = text.split('\n').map((line) => /^(?:\/\/|#) (.*)/.exec(line)?.[1]);
  expect(first).toMatch(/^[A-Z].*\.$/);
  expect(others.find((line) => line?.startsWith('healer: '))).toBeDefined();
});

describe('the example', () => {
  test('http-server answers requests and exits gracefully', async () => {
    const server = run('http-server', [], { PORT: '0' });
    const [url] = await waitFor(() => /http:\S+/.exec(server.output), 'the URL');
    expect(await (await fetch(`${url}/health`)).text()).toBe('ok\n');
    expect((await fetch(`${url}/none`)).status).toBe(404);
    server.child.kill('SIGTERM');
    expect(await server.exit).toEqual([0, null]);
  });

  test('http-server uses another port when its own is in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const server = run('http-server', [], { PORT: String(port) });
    const [url] = await waitFor(() => /http:\S+/.exec(server.output), 'the URL');
    expect(url).not.toContain(`:${port}`);
    taken.close();
  });

  test('worker does jobs and exits gracefully', async () => {
    const worker = run('worker');
    await waitFor(() => worker.output.includes('job 1 done'), 'the first job');
    worker.child.kill('SIGTERM');
    expect(await worker.exit).toEqual([0, null]);
    expect(worker.output).toContain('jobs done, exiting');
  });

  test('crasher crashes', async () => {
    const crasher = run('crasher', ['0', '0.01']);
    const [code, signal] = await crasher.exit;
    expect([1, 'SIGKILL']).toContain(code ?? signal);
  });

  test.each(['stepwise', 'sawtooth'])('leaker leaks memory in the shape %s', async (shape) => {
    const leaker = run('leaker', ['100', '20', shape]);
    await waitFor(() => leaker.output.includes('using 20 MB'), 'the maximum');
  });

  test('hog is idle before it uses CPU', async () => {
    const hog = run('hog', ['0.2']);
    await waitFor(() => /idle for 0\.2 s[^]*spinning/.test(hog.output), 'the busy loop');
  });

  test('spiky has bursts', async () => {
    const spiky = run('spiky', ['0.1', '1']);
    await waitFor(() => spiky.output.includes('worked for 1.0 s'), 'a burst');
  });

  test('leaker leaks memory up to its cap', async () => {
    const leaker = run('leaker', ['200', '20']);
    await waitFor(() => leaker.output.includes('using 20 MB'), 'the maximum');
    expect(leaker.output).not.toContain('using 30 MB');
  });

  test('crash-loop exits at once', async () => {
    expect(await run('crash-loop').exit).toEqual([3, null]);
  });

  test('stubborn ignores SIGTERM', async () => {
    const stubborn = run('stubborn');
    await waitFor(() => stubborn.output.includes('ready'), 'the program to be ready');
    stubborn.child.kill('SIGTERM');
    await waitFor(() => stubborn.output.includes('ignoring SIGTERM'), 'the signal to be ignored');
    expect(stubborn.child.exitCode).toBeNull();
  });

  test('family starts the given number of children', async () => {
    const family = run('family', ['3']);
    await waitFor(() => family.output.includes('started 3 children'), 'the children');
    const { pid } = family.child;
    const children = readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8').trim();
    expect(children.split(' ')).toHaveLength(3);
  });

  test('counter prints each number once and in order', async () => {
    const counter = run('counter', ['5000', '0']);
    expect(await counter.exit).toEqual([0, null]);
    expect(counter.output).toBe(Array.from({ length: 5000 }, (_, index) => `line ${index + 1}\n`).join(''));
  });
});
