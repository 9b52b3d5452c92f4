import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { configureMail } from '../support/alert-home.ts';
import { HealerHome } from '../support/healer-home.ts';
import { type MailServer, startMailServer } from '../support/mail-server.ts';
import type { CliResult } from '../support/run-cli.ts';
import { createSmallDisk, type SmallDisk } from '../support/small-disk.ts';
import { definitionOf, type Subject, SUBJECTS } from './catalog.ts';
import { fakeTimeLibrary, type Need, obstacleTo } from './machine.ts';
import type { Random } from './random.ts';
import { type CensusEntry, takeCensus } from './census.ts';

/** The state that the last command or edit requested for a program. */
export type Goal = 'up' | 'stopped' | 'disabled' | 'removed';

const BYSTANDER = fileURLToPath(new URL('../fixtures/programs/bystander.pl', import.meta.url));
const BYSTANDERS = 3;
const DISK_MB = 48;

export interface BedOptions {
  readonly random: Random;
  readonly seed: number;
  /** Whether the engine runs on a fake clock, which can be changed. */
  readonly hasFakeClock: boolean;
}

/** The test bed: the engine under test, its programs, and the expected state of each program. */
export class FaultBed implements AsyncDisposable {
  readonly random: Random;
  readonly home: HealerHome;
  readonly mail: MailServer;
  /** Null if the machine cannot mount a file system. */
  readonly disk: SmallDisk | null;
  /** Files that must survive a full disk. */
  readonly safe = mkdtempSync(join(tmpdir(), 'healer-faults-safe-'));
  readonly yamlFile = join(this.safe, 'healer.yaml');
  readonly countsDir = join(this.safe, 'counts');
  readonly clockFile = join(this.safe, 'clock');
  readonly hasFakeClock: boolean;
  readonly goals = new Map<string, Goal>(SUBJECTS.map(({ id }) => [id, 'up']));
  /** Programs for which a command may or may not have taken effect, with the possible goals of each. */
  readonly openGoals = new Map<string, readonly Goal[]>();
  /** Times at which an engine, a delivery worker or the disk failed: an alert may be repeated then. */
  readonly disturbances: number[] = [];
  /** Whether recorded restarts, pids and counts may have been lost since the last check. */
  isDamaged = false;
  /** Whether healing.log was damaged: numbers up to here may be missing. */
  mayLackEventsUpTo = 0;
  /** Whether every record of the numbers was removed at once. */
  numbersMayRestart = false;
  /** Numbers of the last events before the clock was changed. */
  readonly clockChanges: number[] = [];
  /** Problems that a step itself has found. */
  readonly problems: string[] = [];
  /** Every step of the run, printed when a check fails. */
  readonly journal: string[] = [];
  readonly #tag: string;
  readonly #revisions = new Map<string, number>();
  /** Programs that were disabled by command before their definition was removed: the registry remembers that. */
  readonly #disabledBefore = new Set<string>();
  readonly #bystanders: { readonly child: ChildProcess; readonly file: string }[];
  readonly #begunAt = performance.now();

  static async create(options: BedOptions): Promise<FaultBed> {
    return new FaultBed(options, await startMailServer());
  }

  private constructor({ random, seed, hasFakeClock }: BedOptions, mail: MailServer) {
    this.random = random;
    this.mail = mail;
    this.hasFakeClock = hasFakeClock;
    this.disk = obstacleTo('mounts') === null ? createSmallDisk(DISK_MB) : null;
    this.home = new HealerHome(this.disk?.folder);
    this.#tag = `faults-${process.pid}-${seed}`;
    mkdirSync(this.countsDir);
    writeFileSync(this.clockFile, '+0\n');
    if (hasFakeClock) this.home.extraEnv = fakeClockEnv(this.clockFile);
    configureMail(this.home, mail.port);
    this.writeYaml();
    this.#bystanders = Array.from({ length: BYSTANDERS }, (_, index) => this.#startBystander(index));
  }

  get subjects(): readonly Subject[] {
    return SUBJECTS.filter(({ id }) => this.goals.get(id) !== 'removed');
  }

  canRun(need: Need): boolean {
    if (need === 'fake clock') return this.hasFakeClock;
    return need === 'mounts' ? this.disk !== null : obstacleTo(need) === null;
  }

  note(step: string): void {
    const at = ((performance.now() - this.#begunAt) / 1000).toFixed(2);
    this.journal.push(`${at.padStart(8)} ${step}`);
  }

  writeYaml(): void {
    const processes = Object.fromEntries(
      this.subjects.map((subject) => [
        subject.id,
        definitionOf(subject, {
          tag: this.#tag,
          revision: this.#revisions.get(subject.id) ?? 0,
          counts: this.countsDir,
        }),
      ]),
    );
    writeFileSync(this.yamlFile, stringify({ processes }));
  }

  /** Changes the definition of a program in a way that requires a restart. */
  revise(id: string): void {
    this.#revisions.set(id, (this.#revisions.get(id) ?? 0) + 1);
  }

  /** Records that the goal of the program is one of these. Several goals stay open until the next check. */
  expectOneOf(id: string, goals: readonly Goal[]): void {
    const different = [...new Set(goals)];
    const [only] = different;
    if (only !== undefined && different.length === 1) {
      this.goals.set(id, only);
      this.openGoals.delete(id);
    } else this.openGoals.set(id, different);
  }

  possibleGoals(id: string): readonly Goal[] {
    return this.openGoals.get(id) ?? [this.goals.get(id) ?? 'removed'];
  }

  removeDefinition(id: string): void {
    if (this.possibleGoals(id).includes('disabled')) this.#disabledBefore.add(id);
    this.expectOneOf(id, ['removed']);
  }

  addDefinitionsAgain(): void {
    for (const [id, goal] of this.goals) {
      if (goal !== 'removed') continue;
      this.goals.set(id, 'up');
      if (this.#disabledBefore.delete(id)) this.expectOneOf(id, ['up', 'disabled']);
    }
  }

  disturbed(): void {
    this.disturbances.push(Date.now());
  }

  stateDamaged(): void {
    this.isDamaged = true;
    for (const { id } of SUBJECTS) {
      const goals = this.possibleGoals(id);
      if (goals.includes('stopped')) this.expectOneOf(id, [...goals, 'up']);
    }
  }

  /** After a clean shutdown, the next engine starts programs that an operator had stopped. */
  wasShutDown(): void {
    for (const { id } of SUBJECTS) {
      const goals = this.possibleGoals(id).map((goal) => (goal === 'stopped' ? 'up' : goal));
      this.expectOneOf(id, goals);
    }
  }

  /** A shutdown that was interrupted may or may not have been one. */
  mayHaveBeenShutDown(): void {
    for (const { id } of SUBJECTS) {
      const goals = this.possibleGoals(id);
      if (goals.includes('stopped')) this.expectOneOf(id, [...goals, 'up']);
    }
  }

  async down(): Promise<void> {
    const { code } = await this.cli('down');
    if (code === 0) this.wasShutDown();
    else this.mayHaveBeenShutDown();
  }

  async up(): Promise<void> {
    await this.cli('up', '-f', this.yamlFile);
  }

  enginePid(): number {
    return this.home.lockedPid();
  }

  /** Returns the pid in the log collector's lock, or 0 if there is no lock. */
  collectorPid(): number {
    const { stateDir, runtimeDir, instance } = this.home.paths;
    return pidIn(join(stateDir, 'keeper.lock')) || pidIn(join(runtimeDir, `${instance}.collector.lock`));
  }

  census(): readonly CensusEntry[] {
    return takeCensus(this.#tag);
  }

  /** Returns what happened to processes that healer does not manage, as sentences. */
  bystanderProblems(): readonly string[] {
    return this.#bystanders.flatMap(({ child, file }) => {
      if (child.exitCode !== null || child.signalCode !== null)
        return [`a process that healer does not manage (${child.pid ?? 0}) was ended: ${child.signalCode ?? 'exit'}`];
      const signals = readText(file).split('\n').filter(Boolean);
      return signals.length === 0 ? [] : [`a process that healer does not manage received ${signals.join(', ')}`];
    });
  }

  /** Starts a process that healer does not manage with this pid. Returns false if another process was faster. */
  startBystanderAs(pid: number): boolean {
    for (let tries = 0; tries < 5; tries++) {
      writeFileSync('/proc/sys/kernel/ns_last_pid', String(pid - 1));
      const bystander = this.#startBystander(this.#bystanders.length);
      this.#bystanders.push(bystander);
      if (bystander.child.pid === pid) return true;
    }
    return false;
  }

  /** Runs a command that may fail, because the engine may have been killed. */
  async cli(...args: readonly string[]): Promise<CliResult> {
    const result = await this.home.run(...args);
    const answer = `${result.stdout}${result.stderr}`.trim().split('\n')[0] ?? '';
    this.note(`healer ${args.join(' ')} → ${result.signal ?? String(result.code)} ${answer.slice(0, 140)}`);
    return result;
  }

  /** Copies the engine's files to a folder that is kept after the run. */
  keepEvidence(): void {
    const target = join(tmpdir(), `healer-${this.#tag}`);
    mkdirSync(target, { recursive: true });
    for (const folder of ['state', 'config'])
      cpSync(join(this.home.folder, folder), join(target, folder), { recursive: true });
    cpSync(this.safe, target, { recursive: true });
    writeFileSync(join(target, 'journal.txt'), `${this.journal.join('\n')}\n`);
    this.note(`the engine's files were copied to ${target}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.home[Symbol.asyncDispose]();
    for (const { pid } of this.census()) process.kill(pid, 'SIGKILL');
    for (const { child } of this.#bystanders) child.kill('SIGKILL');
    await this.mail[Symbol.asyncDispose]();
    this.disk?.close();
    rmSync(this.safe, { recursive: true, force: true });
  }

  #startBystander(index: number): { child: ChildProcess; file: string } {
    const file = join(this.safe, `bystander-${index}`);
    return { file, child: spawn('perl', [BYSTANDER, file], { detached: true, stdio: 'ignore' }) };
  }
}

function fakeClockEnv(file: string): Readonly<Record<string, string>> {
  return {
    LD_PRELOAD: fakeTimeLibrary() ?? '',
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
}

function pidIn(lock: string): number {
  return Number(/"pid":(\d+)/.exec(readText(lock))?.[1] ?? 0);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
