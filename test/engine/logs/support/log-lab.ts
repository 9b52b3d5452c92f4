import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../../../../src/base/process-liveness.ts';
import { type Libc, loadLibc } from '../../../../src/base/libc.ts';
import { readProcStat } from '../../../../src/base/proc-stat.ts';
import { parseRecord } from '../../../../src/engine/logs/files/log-format.ts';
import { startCollectorTransport } from '../../../../src/engine/logs/collector-transport.ts';
import type {
  LogGap,
  LogSettings,
  LogTransport,
  RunPipes,
  StartedTransport,
  WitnessedExit,
} from '../../../../src/engine/logs/files/log-transport.ts';
import { startPortableTransport } from '../../../../src/engine/logs/portable-transport.ts';
import { pipePathsOf } from '../../../../src/engine/logs/files/run-pipes.ts';
import type { LogLine } from '../../../../src/protocol/log-line.ts';
import { runningCollectorPid } from '../../../support/collector-pid.ts';
import { waitFor } from '../../../support/wait-for.ts';

export const LOG: LogSettings = { maxSizeMb: 10, keep: 5, timestamps: true };

function nativeLibc(): Libc {
  const { libc } = loadLibc();
  if (libc === null) throw new Error('these tests need the native package');
  return libc;
}

/** The folders of an instance, its log transport, and programs that write through it. */
export class LogLab {
  readonly folder = mkdtempSync(join(tmpdir(), 'healer-logs-'));
  runtimeDir = join(this.folder, 'run');
  readonly exits: WitnessedExit[] = [];
  readonly gaps: LogGap[] = [];
  readonly troubles: string[] = [];
  readonly #collectorPath: string | null;
  readonly #output = openSync(join(this.folder, 'keeper.log'), 'a');
  #transport: LogTransport | null = null;
  #children: ChildProcess[] = [];

  /** Without a log collector, the portable transport is used. */
  constructor(collectorPath: string | null) {
    this.#collectorPath = collectorPath;
  }

  get transport(): LogTransport {
    if (this.#transport === null) throw new Error('start the lab first');
    return this.#transport;
  }

  get pipesDir(): string {
    return join(this.runtimeDir, 'test.pipes');
  }

  logDir(id: string): string {
    return join(this.folder, 'logs', id);
  }

  async start(): Promise<StartedTransport> {
    const listener = {
      onExit: (exit: WitnessedExit) => this.exits.push(exit),
      onGap: (gap: LogGap) => this.gaps.push(gap),
      onTrouble: (message: string) => this.troubles.push(message),
    };
    const folders = { pipesDir: this.pipesDir, logsDir: join(this.folder, 'logs'), listener };
    const path = this.#collectorPath;
    const started =
      path === null
        ? startPortableTransport(folders)
        : await startCollectorTransport({
            ...folders,
            libc: nativeLibc(),
            instance: 'test',
            stateDir: this.folder,
            runtimeDir: this.runtimeDir,
            collector: { path, outputFd: this.#output },
          });
    this.#transport = started.transport;
    return started;
  }

  /** Runs a program like the engine: it opens its FIFOs itself. Resolves once it has been started. */
  run(
    id: string,
    argv: readonly string[],
    log: LogSettings = LOG,
    run = 1,
  ): { child: ChildProcess; ended: Promise<void> } {
    const pipes = this.transport.prepare(id, run);
    const child = this.#spawn(pipes, argv);
    const pid = child.pid ?? 0;
    this.transport.follow({ id, run, pid, startTicks: readProcStat(pid)?.startTicks ?? null, pipes, log });
    const exited = new Promise<void>((resolve) => child.on('exit', () => resolve()));
    return { child, ended: exited.then(() => this.transport.ended(id, run)) };
  }

  /** Follows the first run of a program that an earlier engine started. */
  followSurvivor(id: string, pid: number): void {
    const startTicks = readProcStat(pid)?.startTicks ?? null;
    this.transport.follow({ id, run: 1, pid, startTicks, pipes: pipePathsOf(this.pipesDir, id, 1), log: LOG });
  }

  #spawn({ stdoutPath, stderrPath }: RunPipes, argv: readonly string[]): ChildProcess {
    const script = `exec "$@" 1<>"${stdoutPath}" 2<>"${stderrPath}"`;
    const child = spawn('/bin/sh', ['-c', script, 'sh', ...argv], { stdio: 'ignore', detached: true });
    this.#children.push(child);
    return child;
  }

  collectorPid(): number | null {
    return runningCollectorPid({ lock: join(this.folder, 'keeper.lock'), spareLock: join(this.folder, 'spare.lock') });
  }

  runningCollector(): Promise<number> {
    return waitFor(() => this.collectorPid(), 'a log collector to run');
  }

  async killCollector(): Promise<void> {
    const pid = await this.runningCollector();
    process.kill(pid, 'SIGKILL');
    await waitFor(() => !isAlive(pid), 'the log collector to exit');
  }

  /** Returns all records of a program's log, oldest first. */
  lines(id: string): LogLine[] {
    return this.text(id)
      .split('\n')
      .slice(0, -1)
      .map((record) => parseRecord(record));
  }

  texts(id: string, stream: 'stdout' | 'stderr' = 'stdout'): string[] {
    return this.lines(id)
      .filter((line) => line.stream === stream)
      .map(({ text }) => text);
  }

  text(id: string): string {
    return this.bytes(id).toString('utf8');
  }

  bytes(id: string): Buffer {
    const dir = this.logDir(id);
    return Buffer.concat(this.files(id).map((name) => readFileSync(join(dir, name))));
  }

  /** Oldest first. */
  files(id: string): string[] {
    const dir = this.logDir(id);
    if (!existsSync(dir)) return [];
    const age = (name: string): number => Number(/\d+$/.exec(name)?.[0] ?? 0);
    return readdirSync(dir).sort((a, b) => age(b) - age(a));
  }

  async close(): Promise<void> {
    for (const { pid } of this.#children) endGroup(pid);
    await this.#transport?.close(true);
    const pid = this.collectorPid();
    if (pid !== null) await waitFor(() => !isAlive(pid), 'the log collector to exit');
    process.stderr.write(readFileSync(join(this.folder, 'keeper.log'), 'utf8'));
    closeSync(this.#output);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // All processes have exited.
  }
}
