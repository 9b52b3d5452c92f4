import { formatProblem } from '../config/config-problem.ts';
import { diffSpecs, type SpecDiff } from '../config/diff-specs.ts';
import { noteSources } from '../config/last-sources.ts';
import { type LoadedSources, loadSources, type SourceFiles } from '../config/load-sources.ts';
import { applyEdit, type Elsewhere, type RegistryEdit } from '../config/registry-edits.ts';
import { editRegistry, rescueRegistry } from '../config/registry-file.ts';
import { watchSource } from '../config/watch-source.ts';
import { HealerError } from '../protocol/errors.ts';
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
  readonly #files: SourceFiles;
  readonly #noteFile: string;
  readonly #putSpec: (spec: ProcessSpec) => void;
  #watches: readonly { close: () => void }[] | null = null;
  #loaded: LoadedSources | null = null;
  /** Then the registry may have named programs that still run, and nobody knows which. */
  #isRescued = false;
  /** Ids that some source has named since the engine started. */
  readonly #named = new Set<string>();
  #applying: Promise<unknown> = Promise.resolve();

  /** @param noteFile where it is noted what the files are, see `noteSources` */
  constructor(
    engine: Engine,
    records: Records,
    files: SourceFiles,
    noteFile: string,
    putSpec: (spec: ProcessSpec) => void,
  ) {
    this.#engine = engine;
    this.#records = records;
    this.#files = files;
    this.#noteFile = noteFile;
    this.#putSpec = putSpec;
  }

  /** What programs come from, an empty registry left out. */
  get names(): readonly string[] {
    const { registryFile } = this.#files;
    const { programs = {}, overrides = {} } = this.#loaded?.registry ?? {};
    const isUsed = Object.keys(programs).length + Object.keys(overrides).length > 0;
    return isUsed ? [...this.#listFiles(), registryFile] : this.#listFiles();
  }

  /** What the sources say as the engine starts. A damaged registry is put aside; what it named is left alone. */
  async start(nowMs: number): Promise<LoadedSources> {
    const problem = await rescueRegistry(this.#files.registryFile, nowMs);
    if (problem !== null) this.#records.tellEngine('file-corrupt', problem);
    this.#isRescued = problem !== null;
    // Watched before they are read, so that no edit falls between the two.
    const watched = [...this.#listFiles(), this.#files.registryFile];
    this.#watches ??= watched.map((file) => watchSource(file, () => void this.#inTurn(() => this.#reload())));
    noteSources(this.#noteFile, this.#listFiles());
    const loaded = await this.#load();
    return problem === null ? loaded : { ...loaded, isComplete: false };
  }

  close(): void {
    for (const watch of this.#watches ?? []) watch.close();
  }

  /** What the registry held when it was last read. */
  get settings(): LoadedSources['registry']['settings'] {
    return this.#loaded?.registry.settings ?? {};
  }

  /**
   * Changes the registry and puts the change into force, in turn with the edits of files.
   * @throws HealerError as `applyEdit` and `editRegistry` do; nothing is changed then
   */
  edit(edit: RegistryEdit): Promise<SpecDiff> {
    return this.#inTurn(async () => {
      if (this.#engine.isGoingDown) throw new HealerError('INVALID_STATE', 'the engine is going down');
      const elsewhere = this.#elsewhere();
      await editRegistry(this.#files.registryFile, (registry) => applyEdit(registry, edit, elsewhere));
      const loaded = await this.#load();
      const diff = this.#apply(loaded, edit.kind === 'setting' ? null : edit.id);
      this.#records.commit();
      return diff;
    });
  }

  #listFiles(): readonly string[] {
    const { listFile } = this.#files;
    return listFile === null ? [] : [listFile];
  }

  /** Also what survived an earlier engine and no source names any more, or is just being removed. */
  #elsewhere(): Elsewhere {
    const known = [...this.#engine.programs].map(([id, { origin }]) => [id, origin] as const);
    return new Map([...known, ...(this.#loaded?.elsewhere ?? [])]);
  }

  /** One after the other, whoever asks: each sees what the one before has made of it. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#applying.then(work);
    this.#applying = turn.catch(() => undefined);
    return turn;
  }

  /** What the sources say now. Problems that are new become events. */
  async #load(): Promise<LoadedSources> {
    const known = new Set(this.#loaded?.problems.map(formatProblem));
    const loaded = await loadSources(this.#files);
    this.#loaded = loaded;
    for (const { spec } of loaded.specs) this.#named.add(spec.id);
    const fresh = loaded.problems.filter((problem) => !known.has(formatProblem(problem)));
    for (const problem of fresh.slice(0, TOLD_PROBLEMS)) {
      this.#records.tellEngine('config-invalid', formatProblem(problem), { ...problem });
    }
    const untold = fresh.length - TOLD_PROBLEMS;
    if (untold > 0) this.#records.tellEngine('config-invalid', `and ${String(untold)} more problems`, { untold });
    return loaded;
  }

  async #reload(): Promise<void> {
    this.#apply(await this.#load(), null);
    this.#records.commit();
  }

  /** @param removable a program whose removal was asked for, so that problems of others do not keep it */
  #apply({ specs, isComplete }: LoadedSources, removable: string | null): SpecDiff {
    const origins = new Map(specs.map(({ spec, origin }) => [spec.id, origin]));
    const current = new Map([...this.#engine.programs].map(([id, { program }]) => [id, program.spec]));
    const next = new Map(specs.map(({ spec }) => [spec.id, spec]));
    const diff = diffSpecs(current, next, { isComplete });
    const isAsked = removable !== null && !isComplete && current.has(removable) && !next.has(removable);
    const { added, changedInPlace, changedNeedsRestart } = diff;
    const removed = isAsked ? [removable] : diff.removed.filter((id) => !this.#isRescued || this.#named.has(id));
    this.#refreshOrigins(origins);
    const changes = added.length + removed.length + changedInPlace.length + changedNeedsRestart.length;
    if (changes === 0) return diff;
    this.#records.tellEngine(
      'config-changed',
      `the list of programs changed: ${String(added.length)} added, ${String(removed.length)} removed, ${String(changedInPlace.length)} changed in place, ${String(changedNeedsRestart.length)} to be restarted`,
      { added: added.map(({ id }) => id), removed },
    );
    const originOf = (spec: ProcessSpec): string => origins.get(spec.id) ?? '';
    for (const spec of added) this.add(spec, originOf(spec));
    // Of instances the last one goes first.
    for (const id of removed.toReversed()) this.#engine.post(id, { kind: 'removeAsked' });
    for (const spec of [...changedInPlace, ...changedNeedsRestart]) this.#replace(spec, originOf(spec));
    for (const { id } of changedNeedsRestart) this.#restartIfLive(id);
    return { ...diff, removed };
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
    const wasEnabled = entry.program.spec.enabled;
    this.#engine.replaceSpec({ ...entry.program, spec }, origin);
    if (wasEnabled !== spec.enabled)
      this.#engine.post(spec.id, { kind: spec.enabled ? 'enableAsked' : 'disableAsked' });
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
