import { execFile, spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PACKAGE_VERSION } from '../../src/base/package-version.ts';
import type { ProcessRow } from '../../src/protocol/snapshot.ts';
import { freePort } from '../support/free-port.ts';
import { Terminal } from '../support/terminal.ts';
import { waitFor } from '../support/wait-for.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const execute = promisify(execFile);
const NEXT_BUILD = 'next-build';
/** Names of files that contain a hash of their content. */
const CHUNK = /\b[\w-]+-[A-Z0-9]{8}\.c?js\b/g;

let folder: string;
let dist: string;
let port: number;

/** An installation of its own, whose files the tests replace. */
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'healer-upgrade-'));
  dist = join(folder, 'node_modules/healer/dist');
  mkdirSync(dirname(dist), { recursive: true });
  for (const name of ['koffi', '@koromix'])
    symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  cpSync(join(ROOT, 'dist'), dist, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !path.endsWith('.map'),
  });
  port = await freePort();
});

afterEach(async () => {
  await healer('down').catch(() => undefined);
  rmSync(folder, { recursive: true, force: true });
});

function environment(): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  const ports = { HEALER_API_PORT: String(port), HEALER_ALIVENESS_PORT: 'off' };
  return { PATH, HOME, LANG: 'C.UTF-8', HEALER_HOME: join(folder, 'home'), ...ports };
}

async function healer(...args: string[]): Promise<string> {
  return (await execute(process.execPath, [join(dist, 'cli.js'), ...args], { cwd: folder, env: environment() })).stdout;
}

async function pids(): Promise<Readonly<Record<string, number | null>>> {
  const rows = JSON.parse(await healer('ls', '--json')) as ProcessRow[];
  return Object.fromEntries(rows.map(({ id, pid }) => [id, pid]));
}

async function enginePid(): Promise<number> {
  return (JSON.parse(await healer('status', '--json')) as { pid: number }).pid;
}

/** Installs another build as a package manager does: the old folder is gone, and no chunk has the name that it had. */
function installNextBuild(change: (text: string) => string = (text) => text): void {
  const next = `${dist}-next`;
  cpSync(dist, next, { recursive: true, verbatimSymlinks: true });
  rmSync(dist, { recursive: true });
  const names = readdirSync(next).filter((name) => name.endsWith('.js') || name.endsWith('.cjs'));
  const renamed = names.filter((name) => name.match(CHUNK) !== null);
  for (const name of names) {
    const path = join(next, name);
    const text = readFileSync(path, 'utf8').replaceAll(CHUNK, nextName);
    writeFileSync(path, name === 'engine-main.js' ? change(text) : text);
    if (renamed.includes(name)) renameSync(path, join(next, nextName(name)));
  }
  writeFileSync(join(next, 'build.json'), JSON.stringify({ id: NEXT_BUILD }));
  renameSync(next, dist);
}

/** Returns a name of the same length: the parts of the engine are found by their offsets. */
function nextName(name: string): string {
  return name.replace(/.(?=\.c?js$)/, '_');
}

async function statusOf(path: string): Promise<number> {
  return (await fetch(`http://127.0.0.1:${String(port)}${path}`)).status;
}

describe('an engine whose files are replaced', () => {
  test(
    'keeps working in full: definitions, health checks, patterns, HTTP and the log collector',
    { timeout: 240_000 },
    async () => {
      await healer('up', '--standalone');
      await healer('add', 'web', '--', 'sh', '-c', 'while :; do echo line; sleep 0.1; done');
      // Nothing that is loaded on demand has been loaded by now, but for what adding a program needs.
      rmSync(dist, { recursive: true });
      cpSync(join(ROOT, 'dist'), dist, { recursive: true, verbatimSymlinks: true });
      installNextBuild();
      expect(await statusOf('/processes')).toBe(200);
      expect(await statusOf('/openapi.json')).toBe(200);
      expect(await statusOf('/metrics')).toBe(200);
      await healer('add', 'other', '--', 'sleep', '1000');
      await healer('update', 'other', '--memory', '100');
      const list = join(folder, 'healer.yaml');
      writeFileSync(
        list,
        'processes:\n  yaml:\n    command: sleep\n    args: ["1000"]\n    health: { check: { type: exec, command: "true" } }\n',
      );
      await healer('up', '-f', list);
      expect(await healer('check', 'yaml')).toMatch(/healthy|passed|ok/i);
      const [collector = 0] = childrenOf(await enginePid(), 'healer-keeper');
      process.kill(collector, 'SIGKILL');
      await waitFor(
        async () => (await healer('logs', 'web', '--lines', '1')).includes('line'),
        'a line after the collector died',
      );
      expect(await healer('status')).toContain('runs another build of healer');
    },
  );
});

describe('healer upgrade', () => {
  test('replaces the engine while programs keep their pids and followers continue', { timeout: 240_000 }, async () => {
    await healer('up', '--standalone');
    for (const id of ['a', 'b', 'c'])
      await healer('add', id, '--', 'sh', '-c', 'while :; do echo line; sleep 0.2; done');
    const before = await pids();
    const engine = await enginePid();
    const follower = spawn(process.execPath, [join(dist, 'cli.js'), 'logs', 'a', '-f'], {
      cwd: folder,
      env: environment(),
    });
    let followed = 0;
    follower.stdout.on('data', (chunk: Buffer) => (followed += chunk.length));
    await waitFor(() => followed > 0, 'lines of the followed log');
    installNextBuild();
    const said = await healer('upgrade');
    expect(said).toMatch(
      new RegExp(
        `^The engine of "default" was replaced \\(healer ${PACKAGE_VERSION}; pid \\d+, previously ${String(engine)}\\)\\. 3 programs kept running\\.`,
      ),
    );
    expect(await pids()).toEqual(before);
    expect(await enginePid()).not.toBe(engine);
    const soFar = followed;
    await waitFor(() => followed > soFar + 50, 'lines after the upgrade');
    follower.kill();
    expect(await healer('status')).not.toContain('another build');
    expect(await healer('upgrade')).toMatch(/^The engine already runs healer /);
    await healer('update', 'b', '--memory', '100');
  });

  test(
    'replaces the watcher too, and the terminal UI, event followers and event streams continue',
    { timeout: 240_000 },
    async () => {
      await healer('up');
      await healer('watcher');
      await healer('add', 'a', '--', 'sleep', '100000');
      const before = await pids();
      const watcherPid = async (): Promise<number> =>
        (JSON.parse(await healer('status', '--instance', 'watcher', '--json')) as { pid: number }).pid;
      const watcher = await watcherPid();
      const events = spawn(process.execPath, [join(dist, 'cli.js'), 'events', '-f', '--json'], {
        ...{ cwd: folder, env: environment() },
      });
      let followed = '';
      events.stdout.on('data', (chunk: Buffer) => (followed += chunk.toString()));
      const stream = await fetch(`http://127.0.0.1:${String(port)}/events`);
      const streamed = readAll(stream);
      await using terminal = new Terminal([process.execPath, join(dist, 'cli.js'), 'tui'], {
        ...{ env: definedOnly(environment()), columns: 120, rows: 30 },
      });
      await terminal.waitFor('a ');
      installNextBuild();
      const said = await healer('upgrade');
      expect(said).toMatch(/^The engine of "default" was replaced .*\nThe engine of "watcher" was replaced /);
      expect(await watcherPid()).not.toBe(watcher);
      expect(await pids()).toEqual(before);
      // A client of the stream sees its end, and continues with the number of the last event.
      const last = Number(/^id: ?(\d+)$/gm.exec((await streamed).split('\n\n').at(-2) ?? '')?.[1] ?? 0);
      await healer('add', 'later', '--', 'sleep', '100000');
      await waitFor(() => followed.includes('"later"'), 'an event of the new engine in the followed events');
      const numbers = followed
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { seq: number }).seq);
      expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
      const headers = { 'Last-Event-ID': String(last) };
      const resumed = await fetch(`http://127.0.0.1:${String(port)}/events`, { headers });
      await waitFor(async () => (await readUntil(resumed, 'later')).includes('later'), 'the resumed stream');
      await terminal.waitFor('later');
      terminal.key('q');
      events.kill();
    },
  );

  test('refuses no request of the HTTP API, and answers each', { timeout: 240_000 }, async () => {
    await healer('up', '--standalone');
    await healer('add', 'a', '--', 'sleep', '100000');
    const engine = await enginePid();
    await waitFor(async () => (await statusOf('/processes').catch(() => 0)) === 200, 'the HTTP API');
    const client = requestsUntilStopped();
    installNextBuild();
    await healer('upgrade');
    const soFar = client.outcomes.length;
    await waitFor(() => client.outcomes.length > soFar + 5, 'requests after the upgrade');
    await client.stop();
    expect(await enginePid()).not.toBe(engine);
    expect(client.outcomes.length).toBeGreaterThan(20);
    expect(client.outcomes.filter((outcome) => outcome !== 200)).toEqual([]);
    // Without a next engine, clients are refused at once.
    await healer('down', '--keep');
    expect(await outcomeOfRequest()).toBe('ECONNREFUSED');
    await healer('up', '--standalone');
  });

  test('keeps the engine if the new one cannot be loaded', { timeout: 240_000 }, async () => {
    await healer('up', '--standalone');
    const engine = await enginePid();
    installNextBuild((text) => `import"./missing.js";${text}`);
    await expect(healer('upgrade')).rejects.toMatchObject({
      stderr: expect.stringMatching(
        /the engine was not replaced, because the new one cannot be loaded from ".*engine\.js"/,
      ) as string,
    });
    expect(await enginePid()).toBe(engine);
  });

  test('says so if no engine is running', async () => {
    await expect(healer('upgrade')).rejects.toMatchObject({ stderr: expect.stringContaining('healer up') as string });
  });
});

/** Sends one request after the other, each over a connection of its own. Records the status of each, or its error. */
function requestsUntilStopped(): { readonly outcomes: (number | string)[]; readonly stop: () => Promise<void> } {
  const outcomes: (number | string)[] = [];
  const stopping = new AbortController();
  const requested = (async () => {
    while (!stopping.signal.aborted) outcomes.push(await outcomeOfRequest());
  })();
  return {
    outcomes,
    stop: () => {
      stopping.abort();
      return requested;
    },
  };
}

function outcomeOfRequest(): Promise<number | string> {
  return new Promise((resolve) => {
    const sent = request({ port, host: '127.0.0.1', path: '/processes', agent: false }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 'no status'));
    });
    sent.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    sent.end();
  });
}

function childrenOf(pid: number, name: string): number[] {
  const numbers = readdirSync('/proc')
    .map(Number)
    .filter((entry) => entry > 0);
  return numbers.filter((each) => {
    try {
      const parent = /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${String(each)}/status`, 'utf8'))?.[1];
      return Number(parent) === pid && readFileSync(`/proc/${String(each)}/cmdline`, 'utf8').startsWith(name);
    } catch {
      return false;
    }
  });
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  const entries = Object.entries(env);
  return Object.fromEntries(entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

async function readAll(response: Response): Promise<string> {
  let text = '';
  try {
    for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString();
  } catch {
    // The connection of the previous engine ended.
  }
  return text;
}

async function readUntil(response: Response, expected: string): Promise<string> {
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString();
    if (text.includes(expected)) break;
  }
  return text;
}
