import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../../src/base/process-liveness.ts';
import { isOwnerAlive, readLockOwner } from '../../src/base/lock-owner.ts';
import { type Paths, resolvePaths } from '../../src/config/instance/paths.ts';
import { configureMail } from '../support/alert-home.ts';
import { freePort } from '../support/free-port.ts';
import { HealerHome } from '../support/healer-home.ts';
import { type MailServer, startMailServer } from '../support/mail-server.ts';
import { type CliResult, finished } from '../support/run-cli.ts';
import { createSmallDisk, type SmallDisk } from '../support/small-disk.ts';
import { Bystanders } from './bystanders.ts';
import { definedIdOf, type Subject, SUBJECTS } from './catalog.ts';
import { type CensusEntry, takeCensus } from './census.ts';
import { Goals } from './goals.ts';
import { fakeTimeLibrary, type Need, obstacleTo } from './machine.ts';
import type { Mode } from './mode.ts';
import type { Random } from './random.ts';
import { SourceFiles } from './sources.ts';
import { Webhook } from './webhook.ts';
import { storedAsDisabled } from './stored-as-disabled.ts';

/** The programs log about 10 MB a minute, and all of it is kept. */
const DISK_MB = { empty: 32, perMinute: 16 };
/** Longer than every timeout of the engine, on a busy machine. */
const COMMAND_MS = 90_000;

/** A message that was accepted but not confirmed when its sender was killed is sent again, under the same id. */
const IN_FLIGHT_MS = 8_000;

/** A fault after which an alert may be repeated. */
interface Disturbance {
  readonly time: number;
  readonly reachMs: number;
}

export interface BedOptions {
  readonly random: Random;
  readonly seed: number;
  /** How long the run takes. */
  readonly minutes: number;
  readonly mode: Mode;
}

/** The test bed: the engine under test, its programs, and the expected state of each program. */
export class FaultBed implements AsyncDisposable {
  readonly random: Random;
  readonly mode: Mode;
  readonly home: HealerHome;
  readonly mail: MailServer;
  readonly webhook: Webhook;
  /** Null if the machine cannot mount a file system. */
  readonly disk: SmallDisk | null;
  /** Files that must survive a full disk. */
  readonly safe = mkdtempSync(join(tmpdir(), 'healer-faults-safe-'));
  readonly countsDir = join(this.safe, 'counts');
  readonly clockFile = join(this.safe, 'clock');
  readonly sources: SourceFiles;
  readonly goals = new Goals();
  readonly bystanders: Bystanders;
  readonly watcherPaths: Paths;
  /** Times at which an engine, a delivery worker or the disk failed: an alert may be repeated then. */
  readonly disturbances: Disturbance[] = [];
  /** Whether recorded restarts, pids and counts may have been lost since the last check. */
  isDamaged = false;
  /** Whether healing.log was damaged: numbers up to here may be missing. */
  mayLackEventsUpTo = 0;
  /** Files that were damaged since the last check. */
  readonly damagedFiles = new Set<string>();
  /** Whether every record of the numbers was removed at once. */
  numbersMayRestart = false;
  /** Numbers of the last events before the clock was changed. */
  readonly clockChanges: number[] = [];
  /** Programs that a step suspended, and that an engine may have adopted as paused. */
  readonly suspended = new Set<string>();
  /** Delivery workers without an engine, with the time at which they were first seen. */
  readonly finishing = new Map<number, number>();
  /** Problems that a step itself has found. */
  readonly problems: string[] = [];
  /** Every step of the run, printed when a check fails. */
  readonly journal: string[] = [];
  /** How often the engine may have lost the file of the second project, and how often it had when it was last named. */
  readonly #project = { lost: 1, named: 0 };
  readonly #tag: string;
  readonly #begunAt = performance.now();

  static async create(options: BedOptions): Promise<FaultBed> {
    const bed = new FaultBed(options, await startMailServer(), await Webhook.open(), await freePort());
    await bed.#defineAdded();
    return bed;
  }

  private constructor({ random, seed, minutes, mode }: BedOptions, mail: MailServer, webhook: Webhook, port: number) {
    this.random = random;
    this.mode = mode;
    this.mail = mail;
    this.webhook = webhook;
    const diskMb = Math.ceil(DISK_MB.empty + DISK_MB.perMinute * minutes);
    this.disk = obstacleTo('mounts') === null ? createSmallDisk(diskMb) : null;
    this.home = new HealerHome(this.disk?.folder);
    this.watcherPaths = resolvePaths({ HEALER_HOME: this.home.folder }, 'watcher');
    this.#tag = `faults-${process.pid}-${seed}`;
    mkdirSync(this.countsDir);
    writeFileSync(this.clockFile, '+0\n');
    this.home.extraEnv = this.#environment();
    configureMail(this.home, mail.port);
    writeFileSync(join(this.home.paths.configDir, 'alerts_config.txt'), `webhook_url = ${webhook.url}\n`, {
      mode: 0o600,
    });
    this.sources = new SourceFiles(this.safe, { tag: this.#tag, counts: this.countsDir, port });
    this.writeSources();
    this.bystanders = new Bystanders(this.safe);
  }

  canRun(need: Need): boolean {
    if (need === 'fake clock') return this.mode.hasFakeClock;
    if (need === 'watcher') return this.mode.hasWatcher;
    return need === 'mounts' ? this.disk !== null : obstacleTo(need) === null;
  }

  note(step: string): void {
    const at = ((performance.now() - this.#begunAt) / 1000).toFixed(2);
    const line = `${at.padStart(8)} ${step}`;
    this.journal.push(line);
    // Also readable if the run hangs.
    appendFileSync(join(this.safe, 'journal.txt'), `${line}\n`);
  }

  writeSources(): void {
    this.sources.write(this.goals.defined);
  }

  /** @param reachMs how long before an alert may have been sent that is repeated now */
  disturbed(reachMs = IN_FLIGHT_MS): void {
    this.disturbances.push({ time: Date.now(), reachMs });
  }

  stateDamaged(): void {
    this.isDamaged = true;
    this.projectForgotten();
    this.goals.stateLost(storedAsDisabled(this.home.paths.registryFile));
  }

  async down(): Promise<void> {
    const { code } = await this.cli('down');
    if (code === 0) this.goals.stoppedAreUp();
    else this.goals.stoppedMayBeUp();
  }

  /** Starts the engine, or applies changes. The file of the second project has to be named only once. */
  async up(): Promise<void> {
    const { yaml, list, project } = this.sources;
    const { code } = await this.cli('up', '-f', yaml, '-f', list);
    if (code === 0 && this.mustNameFiles) {
      // What loses it while the command runs may do so after the engine has added it.
      const { lost } = this.#project;
      const result = await this.cli('up', '-f', project);
      // On a full or read-only disk, the next engine does not know it, and the command says so.
      if (result.code === 0 && !result.stderr.includes('cannot record the files')) this.#project.named = lost;
    }
    if (this.mode.hasWatcher && this.watcherPid() === 0) await this.startWatcher();
  }

  /** Whether the engine may not know all files. */
  get mustNameFiles(): boolean {
    return this.#project.named !== this.#project.lost;
  }

  /** Starts the watcher, and the engine with the files of the first set if it is not running. */
  async startWatcher(): Promise<void> {
    await this.cli('watcher', '-f', this.sources.yaml, '-f', this.sources.list);
  }

  /** Adds a program of the registry. */
  async add(subject: Subject): Promise<CliResult> {
    return this.cli('add', subject.id, '--', ...this.sources.commandOf(subject));
  }

  /** Records that what was damaged has been checked. */
  checked(): void {
    this.isDamaged = false;
    this.damagedFiles.clear();
    this.suspended.clear();
  }

  /** Records that the second project may have been removed, and has to be named again. */
  projectForgotten(): void {
    this.#project.lost += 1;
  }

  enginePid(): number {
    return this.home.lockedPid();
  }

  hasEngine(): boolean {
    const pid = this.enginePid();
    return pid !== 0 && isAlive(pid);
  }

  /** Returns the pid of the running watcher, or 0. */
  watcherPid(): number {
    const owner = readLockOwner(this.watcherPaths.lock);
    return owner !== null && isOwnerAlive(owner) ? owner.pid : 0;
  }

  /** Returns the pid of the running log collector, or 0. Its lock is in the runtime folder if the state folder was read-only. */
  collectorPid(): number {
    const { stateDir, runtimeDir, instance } = this.home.paths;
    const locks = [join(stateDir, 'keeper.lock'), join(runtimeDir, `${instance}.collector.lock`)];
    return locks.map(pidIn).find((pid) => pid !== 0 && isAlive(pid)) ?? 0;
  }

  census(): readonly CensusEntry[] {
    return takeCensus(this.#tag);
  }

  /** Runs a command that may fail, because the engine may have been killed. */
  async cli(...args: readonly string[]): Promise<CliResult> {
    const client = this.home.spawn(...args);
    const limit = setTimeout(() => {
      this.problems.push(`"healer ${args.join(' ')}" did not return within ${COMMAND_MS / 1_000} s`);
      client.kill('SIGKILL');
    }, COMMAND_MS);
    const result = await finished(client);
    clearTimeout(limit);
    const answer = `${result.stdout}${result.stderr}`.trim().split('\n')[0] ?? '';
    const shown = args.join(' ').replaceAll(this.safe, '$SAFE').slice(0, 140);
    this.note(`healer ${shown} → ${result.signal ?? String(result.code)} ${answer.slice(0, 140)}`);
    return result;
  }

  /** Runs a command whose result does not matter. */
  async run(...args: readonly string[]): Promise<void> {
    await this.cli(...args);
  }

  /** Copies the engine's files to a folder that is kept after the run. */
  keepEvidence(): void {
    const target = mkdtempSync(join(tmpdir(), `healer-${this.#tag}-`));
    // Unlike cpSync, cp continues with the other files if a log is rotated meanwhile.
    for (const folder of [join(this.home.folder, 'state'), join(this.home.folder, 'config'), this.safe])
      spawnSync('cp', ['-r', folder, target], { stdio: 'ignore' });
    this.note(`the engine's files were copied to ${target}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.home[Symbol.asyncDispose]();
    for (const { pid } of this.census()) process.kill(pid, 'SIGKILL');
    this.bystanders[Symbol.dispose]();
    await this.mail[Symbol.asyncDispose]();
    await this.webhook[Symbol.asyncDispose]();
    this.disk?.close();
    rmSync(this.safe, { recursive: true, force: true });
  }

  #environment(): Readonly<Record<string, string>> {
    return {
      FAULT_COUNTS: this.countsDir,
      ...(this.mode.hasFakeClock ? fakeClockEnv(this.clockFile) : {}),
      ...(this.mode.hasCgroups ? {} : { HEALER_NO_CGROUP: '1' }),
      ...(this.mode.hasWatcher ? { HEALER_API_PORT: '0', HEALER_ALIVENESS_PORT: '0' } : {}),
      // Only with SIGUSR1 does a process open its inspector, on any free port.
      NODE_OPTIONS: '--inspect-port=0',
    };
  }

  /** Programs of the registry are defined before an engine runs. */
  async #defineAdded(): Promise<void> {
    for (const subject of SUBJECTS) if (subject.source === 'registry') await this.add(subject);
  }
}

/** Programs whose own id is the one of their definition, so that they can be edited, disabled and removed alone. */
export function isSingle(subject: Subject): boolean {
  return definedIdOf(subject) === subject.id;
}

function fakeClockEnv(file: string): Readonly<Record<string, string>> {
  return {
    LD_PRELOAD: fakeTimeLibrary() ?? '',
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    // Its semaphores are named by pid, which is not unique across pid namespaces.
    FAKETIME_DISABLE_SHM: '1',
  };
}

const pidIn = (lock: string): number => Number(/"pid":(\d+)/.exec(readText(lock))?.[1] ?? 0);

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
