import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { HealerHome } from '../support/healer-home.ts';
import type { CliResult } from '../support/run-cli.ts';
import { definitionOf, type Subject, SUBJECTS } from './catalog.ts';
import type { Random } from './random.ts';
import { type CensusEntry, takeCensus } from './census.ts';

/** The state that the last command or edit requested for a program. */
export type Goal = 'up' | 'stopped' | 'disabled' | 'removed';

/** The test bed: the engine under test, its programs, and the expected state of each program. */
export class FaultBed implements AsyncDisposable {
  readonly home = new HealerHome();
  readonly random: Random;
  readonly yamlFile: string;
  readonly goals = new Map<string, Goal>(SUBJECTS.map(({ id }) => [id, 'up']));
  /** Programs for which a command may or may not have taken effect, with the possible goals of each. */
  readonly openGoals = new Map<string, readonly Goal[]>();
  /** Whether engine and log collector were both killed since the last check. Output in transit may then be lost. */
  collectorDiedToo = false;
  /** Whether a file of the engine was damaged since the last check. Its records may then be lost. */
  isDamaged = false;
  /** The number of engines that were killed. */
  engineDeaths = 0;
  /** Every step of the run, printed when a check fails. */
  readonly journal: string[] = [];
  readonly #tag: string;
  readonly #revisions = new Map<string, number>();
  readonly #begunAt = performance.now();

  constructor(random: Random, seed: number) {
    this.random = random;
    this.#tag = `faults-${process.pid}-${seed}`;
    this.yamlFile = join(this.home.folder, 'healer.yaml');
    this.writeYaml();
  }

  get subjects(): readonly Subject[] {
    return SUBJECTS.filter(({ id }) => this.goals.get(id) !== 'removed');
  }

  note(step: string): void {
    const at = ((performance.now() - this.#begunAt) / 1000).toFixed(2);
    this.journal.push(`${at.padStart(8)} ${step}`);
  }

  writeYaml(): void {
    const processes = Object.fromEntries(
      this.subjects.map((subject) => [
        subject.id,
        definitionOf(subject, this.#tag, this.#revisions.get(subject.id) ?? 0),
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
    const [only] = goals;
    if (only !== undefined && goals.every((goal) => goal === only)) {
      this.goals.set(id, only);
      this.openGoals.delete(id);
    } else this.openGoals.set(id, goals);
  }

  possibleGoals(id: string): readonly Goal[] {
    return this.openGoals.get(id) ?? [this.goals.get(id) ?? 'removed'];
  }

  engineDied(): void {
    this.engineDeaths += 1;
  }

  stateDamaged(): void {
    this.isDamaged = true;
    for (const [id, goal] of this.goals) if (goal === 'stopped') this.expectOneOf(id, ['stopped', 'up']);
  }

  /** After a clean shutdown, the next engine starts programs that an operator had stopped. */
  wasShutDown(): void {
    for (const { id } of SUBJECTS) {
      const goals = this.possibleGoals(id).map((goal) => (goal === 'stopped' ? 'up' : goal));
      this.expectOneOf(id, goals);
    }
  }

  async down(): Promise<void> {
    const { code } = await this.cli('down');
    if (code === 0) this.wasShutDown();
  }

  async up(): Promise<void> {
    await this.cli('up', '-f', this.yamlFile);
  }

  /** Returns the pid in the log collector's lock, or 0 if there is no lock. */
  collectorPid(): number {
    try {
      const text = readFileSync(join(this.home.paths.stateDir, 'keeper.lock'), 'utf8');
      return Number(/"pid":(\d+)/.exec(text)?.[1] ?? 0);
    } catch {
      return 0;
    }
  }

  census(): readonly CensusEntry[] {
    return takeCensus(this.#tag);
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
    cpSync(this.home.paths.stateDir, target, { recursive: true });
    this.note(`the engine's files were copied to ${target}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.home[Symbol.asyncDispose]();
    for (const { pid } of this.census()) process.kill(pid, 'SIGKILL');
  }
}
