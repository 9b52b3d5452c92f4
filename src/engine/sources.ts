import { formatProblem } from '../config/config-problem.ts';
import { diffSpecs } from '../config/diff-specs.ts';
import { loadSources } from '../config/load-sources.ts';
import type { SourcedSpec } from '../config/sourced-spec.ts';
import { watchSource } from '../config/watch-source.ts';
import type { ProcessSpec } from '../protocol/process-spec.ts';
import type { Engine } from './engine.ts';
import { newProgram } from './managed-program.ts';
import type { Records } from './records.ts';

/** Problems told as events; the rest is counted. A binary file must not fill the log. */
const TOLD_PROBLEMS = 20;

/** Keeps the programs in step with the files that define them. */
export class Sources {
  readonly #engine: Engine;
  readonly #records: Records;
  readonly #listFile: string | null;
  readonly #putSpec: (spec: ProcessSpec) => void;
  #watch: { close: () => void } | null = null;
  #applying: Promise<void> = Promise.resolve();

  constructor(engine: Engine, records: Records, listFile: string | null, putSpec: (spec: ProcessSpec) => void) {
    this.#engine = engine;
    this.#records = records;
    this.#listFile = listFile;
    this.#putSpec = putSpec;
  }

  get files(): readonly string[] {
    return this.#listFile === null ? [] : [this.#listFile];
  }

  /** What the files say now. Their problems become events. */
  async load(): Promise<{ readonly specs: readonly SourcedSpec[]; readonly isComplete: boolean }> {
    // Watched before it is read, so that no edit falls between the two.
    if (this.#listFile !== null) this.#watch ??= watchSource(this.#listFile, () => this.#reload());
    const { specs, problems, isComplete } = await loadSources({ listFile: this.#listFile });
    for (const problem of problems.slice(0, TOLD_PROBLEMS)) {
      this.#records.tellEngine('config-invalid', formatProblem(problem), { ...problem });
    }
    const untold = problems.length - TOLD_PROBLEMS;
    if (untold > 0) this.#records.tellEngine('config-invalid', `and ${String(untold)} more problems`, { untold });
    return { specs, isComplete };
  }

  close(): void {
    this.#watch?.close();
  }

  #reload(): void {
    this.#applying = this.#applying.then(async () => {
      const { specs, isComplete } = await this.load();
      this.#apply(specs, isComplete);
      this.#records.commit();
    });
  }

  #apply(specs: readonly SourcedSpec[], isComplete: boolean): void {
    const origins = new Map(specs.map(({ spec, origin }) => [spec.id, origin]));
    const current = new Map([...this.#engine.programs].map(([id, { program }]) => [id, program.spec]));
    const next = new Map(specs.map(({ spec }) => [spec.id, spec]));
    const { added, removed, changedInPlace, changedNeedsRestart } = diffSpecs(current, next, { isComplete });
    this.#refreshOrigins(origins);
    const changes = added.length + removed.length + changedInPlace.length + changedNeedsRestart.length;
    if (changes === 0) return;
    this.#records.tellEngine(
      'config-changed',
      `the list of programs changed: ${String(added.length)} added, ${String(removed.length)} removed, ${String(changedInPlace.length)} changed in place, ${String(changedNeedsRestart.length)} to be restarted`,
      { added: added.map(({ id }) => id), removed },
    );
    const originOf = (spec: ProcessSpec): string => origins.get(spec.id) ?? '';
    for (const spec of added) this.add(spec, originOf(spec));
    for (const id of removed) this.#engine.post(id, { kind: 'removeAsked' });
    for (const spec of [...changedInPlace, ...changedNeedsRestart]) this.#replace(spec, originOf(spec));
    for (const { id } of changedNeedsRestart) this.#restartIfLive(id);
  }

  add(spec: ProcessSpec, origin: string): void {
    this.#putSpec(spec);
    this.#engine.add(newProgram(spec), origin);
    this.#records.tell({ kind: 'added', process: spec.id, pid: null, reason: `defined in ${origin}`, data: {} });
    if (spec.enabled && spec.autostart) this.#engine.post(spec.id, { kind: 'startAsked', by: 'boot' });
  }

  #replace(spec: ProcessSpec, origin: string): void {
    const entry = this.#engine.programs.get(spec.id);
    if (entry === undefined) return;
    this.#putSpec(spec);
    this.#engine.replaceSpec({ ...entry.program, spec }, origin);
  }

  /** A line may move without a change of what it says. */
  #refreshOrigins(origins: ReadonlyMap<string, string>): void {
    for (const [id, origin] of origins) {
      const entry = this.#engine.programs.get(id);
      if (entry !== undefined && entry.origin !== origin) this.#engine.replaceSpec(entry.program, origin);
    }
  }

  /** What rests will find its new command when it is started. */
  #restartIfLive(id: string): void {
    const name = this.#engine.programs.get(id)?.program.state.name;
    const isLive = name === 'starting' || name === 'running' || name === 'paused' || name === 'backoff';
    if (isLive) this.#engine.post(id, { kind: 'restartAsked', timeoutMs: null, by: 'config' });
  }
}
