import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { resolvePaths, type Paths } from '../../src/config/instance/paths.ts';
import type { HelloResult } from '../../src/protocol/methods/methods.ts';
import { type FakeEngine, type FakeHandlers, startFakeEngine } from './fake-engine.ts';

/** The built command line; `npm test` builds it first. */
export const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly cli?: string;
}

/** A separate HEALER_HOME, optionally with a fake engine whose responses the test defines. */
export interface CliHome {
  readonly folder: string;
  readonly paths: Paths;
  startEngine(handlers?: FakeHandlers, hello?: Partial<HelloResult>): Promise<FakeEngine>;
  spawn(args: readonly string[], options?: RunOptions): ChildProcessWithoutNullStreams;
  run(args: readonly string[], options?: RunOptions): Promise<CliResult>;
  remove(): Promise<void>;
}

export async function createCliHome(instance = 'default'): Promise<CliHome> {
  const folder = await mkdtemp(join(tmpdir(), 'healer-cli-'));
  const paths = resolvePaths({ HEALER_HOME: folder }, instance);
  const engines: FakeEngine[] = [];
  const spawnCli: CliHome['spawn'] = (args, { env = {}, cwd = folder, cli = CLI } = {}) =>
    spawn(process.execPath, [cli, ...args], { cwd, env: { ...cleanEnvironment(), HEALER_HOME: folder, ...env } });
  return {
    folder,
    paths,
    spawn: spawnCli,
    run: (args, options) => finished(spawnCli(args, options)),
    startEngine: async (handlers = {}, hello = {}) => {
      mkdirSync(paths.runtimeDir, { recursive: true });
      const engine = await startFakeEngine({ socketPath: paths.socket, handlers, hello });
      engines.push(engine);
      return engine;
    },
    remove: async () => {
      for (const engine of engines) await engine.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Collects the output of a command until it exits. */
export async function finished(child: ChildProcessWithoutNullStreams): Promise<CliResult> {
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve({ code, signal, stdout, stderr });
    });
  });
}

/** Returns an environment without the host's settings for colors, sizes and folders. */
function cleanEnvironment(): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME, LANG: 'C.UTF-8', TERM: 'xterm-256color', HEALER_API_PORT: 'off', HEALER_ALIVENESS_PORT: 'off' };
}
