import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { HealerHome } from '../support/healer-home.ts';
import type { CliResult } from '../support/run-cli.ts';
import { definitionOf, type Subject, SUBJECTS } from './catalog.ts';
import type { Random } from './random.ts';
import { type CensusEntry, takeCensus } from './census.ts';

/** What the operator last asked for a program. */
export type Wish = 'up' | 'stopped' | 'disabled' | 'removed';

/** The engine under test, its programs, and what should be true of them. */
export class FaultBed implements AsyncDisposable {
  readonly home = new HealerHome();
  readonly random: Random;
  readonly yamlFile: string;
  readonly wishes = new Map<string, Wish>(SUBJECTS.map(({ id }) => [id, 'up']));
  /** Programs of which a command may or may not have taken effect, with the wishes that are possible now. */
  readonly doubts = new Map<string, readonly Wish[]>();
  /** Whether engine and log collector died together since the last quiet point: then output on its way may be lost. */
  collectorDiedToo = false;
  /** Whether a file of the engine was damaged: what it held of the past may be lost. */
  isDamaged = false;
  /** How many engines died without a farewell. */
  engineDeaths = 0;
  /** Every step, for the report of a violation. */
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
    return SUBJECTS.filter(({ id }) => this.wishes.get(id) !== 'removed');
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

  /** Changes the definition of a program so that it has to be restarted. */
  revise(id: string): void {
    this.#revisions.set(id, (this.#revisions.get(id) ?? 0) + 1);
  }

  /** What is wished of a program is one of these; the next quiet point finds out which. */
  doubt(id: string, wishes: readonly Wish[]): void {
    const [only] = wishes;
    if (only !== undefined && wishes.every((wish) => wish === only)) {
      this.wishes.set(id, only);
      this.doubts.delete(id);
    } else this.doubts.set(id, wishes);
  }

  possibleWishes(id: string): readonly Wish[] {
    return this.doubts.get(id) ?? [this.wishes.get(id) ?? 'removed'];
  }

  engineDied(): void {
    this.engineDeaths += 1;
  }

  stateDamaged(): void {
    this.isDamaged = true;
    for (const [id, wish] of this.wishes) if (wish === 'stopped') this.doubt(id, ['stopped', 'up']);
  }

  /** After an orderly end, programs that were stopped by hand start with the next engine. */
  wentDown(): void {
    for (const { id } of SUBJECTS) {
      const wishes = this.possibleWishes(id).map((wish) => (wish === 'stopped' ? 'up' : wish));
      this.doubt(id, wishes);
    }
  }

  async down(): Promise<void> {
    const { code } = await this.cli('down');
    if (code === 0) this.wentDown();
  }

  async up(): Promise<void> {
    await this.cli('up', '-f', this.yamlFile);
  }

  /** Returns the pid in the log collector's lock; 0 while there is none. */
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

  /** Runs a command whose failure is an answer too: the engine may be dead or busy dying. */
  async cli(...args: readonly string[]): Promise<CliResult> {
    const result = await this.home.run(...args);
    const answer = `${result.stdout}${result.stderr}`.trim().split('\n')[0] ?? '';
    this.note(`healer ${args.join(' ')} → ${result.signal ?? String(result.code)} ${answer.slice(0, 140)}`);
    return result;
  }

  /** Copies the engine's files to where a person can look at them after the run. */
  keepEvidence(): void {
    const target = join(tmpdir(), `healer-${this.#tag}`);
    cpSync(this.home.paths.stateDir, target, { recursive: true });
    this.note(`the engine's files are kept in ${target}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.home[Symbol.asyncDispose]();
    for (const { pid } of this.census()) process.kill(pid, 'SIGKILL');
  }
}
