import { createTaskQueue } from '../../base/task-queue.ts';
import { formatProblem, isAtPlaceOf, limitProblems } from '../../config/reading/config-problem.ts';
import { diffSpecs, planOf, type SpecDiff } from '../../config/sources/diff-specs.ts';
import { isInstanceOf } from '../../base/instance-id.ts';
import { addToSet, dropFromSet, filesOf, isInSet, type Up } from '../../config/sources/source-set.ts';
import { unusableFiles } from '../../config/sources/usable-files.ts';
import {
  type CombinedPrograms,
  type CombinedSources,
  combineSources,
  originsInFiles,
  withoutShadowed,
} from '../../config/sources/combine-sources.ts';
import { checkedEdit } from '../../config/sources/checked-edit.ts';
import type { Origins } from '../../config/reading/sourced-spec.ts';
import type { RegistryEdit } from '../../config/registry/registry-edits.ts';
import { editRegistry, rescueRegistry } from '../../config/registry/registry-file.ts';
import type { ParsedSources } from '../../config/sources/parsed-sources.ts';
import { readSources } from '../../config/sources/read-sources.ts';
import { sourcesDigest } from '../../config/sources/sources-digest.ts';
import type { Registry } from '../../config/registry/registry-content.ts';
import type { ConfigProblem, ReloadResult } from '../../protocol/results/config-plan.ts';
import { HealerError } from '../../protocol/errors.ts';
import { Watchers } from '../core/watchers.ts';
import { applySpecs, noteOverrides, restartOutdated, type SpecTarget } from './apply-specs.ts';
import { recordProblems } from './record-problems.ts';
import type { ReloadRequest } from './reload-request.ts';
import { SourcePolls } from './source-polls.ts';
import { SourceRecord } from './source-record.ts';

/** One object, so that comparing identities detects changes. */
const NO_BINARIES: CombinedPrograms['binaries'] = {};
const NO_SETTINGS: Registry['settings'] = {};

/** The files from which programs are read, and where that is recorded. */
export interface SourceLocations {
  /** The files of each `healer up`. */
  readonly ups: readonly Up[];
  readonly registryFile: string;
  /** Records the files for the next engine, see `writeSourcesNote`. */
  readonly noteFile: string;
  /** Why the files of the last engine are not known for certain; null if they are. */
  readonly problem: string | null;
  /** How files were read before. */
  readonly parsed: ParsedSources;
}

/** Keeps the programs in step with the sources that define them. */
export class Sources {
  /** The sources were loaded; settings and paths of executables may have changed. */
  readonly onLoaded = new Watchers<[]>();
  readonly #target: SpecTarget;
  readonly #registryFile: string;
  readonly #parsed: ParsedSources;
  readonly #polls = new SourcePolls(() => void this.reload({ dryRun: false }).catch(() => undefined));
  #ups: readonly Up[];
  readonly #record: SourceRecord;
  #combined: CombinedSources | null = null;
  /** The registry was damaged when the engine started: it may have defined programs that still run. */
  #isRescued = false;
  /** The files that defined each program last, by id. */
  readonly #filesOf = new Map<string, readonly string[]>();
  /** Programs that no source defines: they ran when the engine started, and are removed only on request. */
  readonly #unlisted = new Set<string>();
  readonly #queue = createTaskQueue();
  #isClosed = false;

  constructor({ ups, registryFile, noteFile, problem, parsed }: SourceLocations, target: SpecTarget) {
    this.#ups = ups;
    this.#registryFile = registryFile;
    this.#parsed = parsed;
    this.#record = new SourceRecord(noteFile, problem, target);
    this.#target = target;
  }

  /** The sources in use; an empty registry is omitted. */
  get names(): readonly string[] {
    const { programs = {}, overrides = {} } = this.#combined?.inEffect.registry.content ?? {};
    const isUsed = Object.keys(programs).length + Object.keys(overrides).length > 0;
    return isUsed ? [...this.files, this.#registryFile] : this.files;
  }

  /** The requested source files, readable or not. */
  get files(): readonly string[] {
    return filesOf(this.#ups);
  }

  /** Programs that no source defines. They ran when the engine started, and keep running until they are removed. */
  get unlisted(): readonly string[] {
    return [...this.#unlisted].filter((id) => this.#target.engine.programs.has(id));
  }

  /** Configured paths of executables, by command name. */
  get binaries(): CombinedPrograms['binaries'] {
    return this.#combined?.binaries ?? NO_BINARIES;
  }

  /** Returns the paths that apply to one program. */
  binariesOf(id: string): CombinedPrograms['binaries'] {
    return this.#combined?.binariesOf(id) ?? NO_BINARIES;
  }

  /** The settings in the registry when it was last read. */
  get settings(): Registry['settings'] {
    return this.#combined?.inEffect.registry.content.settings ?? NO_SETTINGS;
  }

  /** Reads the sources for the first time. A damaged registry is renamed; programs that it may have defined are left alone. */
  async start(nowMs: number): Promise<CombinedSources> {
    const problem = await rescueRegistry(this.#registryFile, nowMs);
    if (problem !== null) this.#target.records.recordEngineEvent('file-corrupt', problem);
    this.#isRescued = problem !== null;
    this.#poll();
    const combined = await this.#combine(this.#ups);
    this.#enforce(this.#ups, combined, withoutShadowed(combined));
    recordProblems(this.#target.records, this.#record.lost, []);
    return problem === null ? combined : { ...combined, isComplete: false };
  }

  /** Writes the record of the files again if it is missing or not the one that was written. */
  restoreNote(): void {
    if (this.#combined !== null) this.#record.restore(this.#ups);
  }

  /** Restarts the programs whose definitions were changed before this engine started. */
  restartOutdated(): void {
    restartOutdated(this.#target);
  }

  /** Keeps a program that ran when the engine started, although no source defines it. */
  keepUnlisted(id: string): void {
    this.#unlisted.add(id);
  }

  /**
   * Reads the sources and applies what changed. Nothing is applied if a file that is new to the engine has errors, or if
   * nothing in a requested file can be used.
   * @throws HealerError INVALID_STATE while the engine is shutting down
   */
  reload(request: ReloadRequest): Promise<ReloadResult> {
    const { dryRun, remove = [] } = request;
    return this.#inTurn(async () => {
      const ups = this.#requestedUps(request);
      const combined = await this.#combine(ups);
      const unusable = this.#unusableIn(combined, request);
      const problems = [
        ...this.#record.lost,
        ...unusable,
        ...combined.problems.filter((problem) => !unusable.some(isAtPlaceOf(problem))),
      ];
      const diff = this.#diff(combined, new Set(remove.filter((id) => this.#unlisted.has(id))));
      const isRefused = unusable.length > 0 || this.#isNewAndFaulty(filesOf(ups), combined.problems);
      if (!dryRun && !isRefused) this.#apply(ups, combined, diff, combined.problems);
      return {
        applied: !dryRun && !isRefused,
        files: isRefused ? this.files : filesOf(ups),
        refused: isRefused ? (request.files ?? request.add ?? []) : combined.refused,
        unlisted: this.unlisted.filter((id) => !diff.removed.includes(id)),
        ...planOf(diff),
        ...limitProblems([...problems, ...this.#record.writeProblems]),
      };
    });
  }

  /**
   * Changes the registry and applies the change, one at a time with reloads of files.
   * @throws HealerError as `checkedEdit` and `editRegistry` do; nothing has changed then
   */
  edit(edit: RegistryEdit): Promise<SpecDiff> {
    return this.#inTurn(async () => {
      if (edit.kind === 'remove' && this.#unlisted.has(edit.id)) return this.#removeUnlisted(edit.id);
      const around = {
        origins: this.#origins(),
        files: this.#combined?.inEffect.files ?? [],
        registryFile: this.#registryFile,
      };
      await editRegistry(this.#registryFile, (registry) => checkedEdit(registry, edit, around));
      const combined = await this.#combine(this.#ups);
      const diff = this.#withRemoval(this.#diff(combined), combined, edit);
      this.#apply(this.#ups, combined, diff);
      return diff;
    });
  }

  async #removeUnlisted(id: string): Promise<SpecDiff> {
    const combined = await this.#combine(this.#ups);
    const diff = this.#diff(combined, new Set([id]));
    this.#apply(this.#ups, combined, diff);
    return diff;
  }

  close(): void {
    this.#isClosed = true;
    this.#polls.follow([]);
  }

  /** Runs one piece of work at a time, so that each sees the result of the previous one. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#queue(() => {
      if (this.#target.engine.isShuttingDown) throw new HealerError('INVALID_STATE', 'the engine is shutting down');
      return work();
    });
  }

  /** Called before the files are read, so that no edit in between is missed. */
  #poll(): void {
    if (!this.#isClosed) this.#polls.follow([...this.files, this.#registryFile]);
  }

  /** An empty file keeps its programs: editors and full disks empty files by accident. */
  async #combine(ups: readonly Up[]): Promise<CombinedSources> {
    const locations = { files: filesOf(ups), registryFile: this.#registryFile };
    const readings = await readSources(locations, process.env, this.#parsed);
    const { inEffect: previous = null, owners } = this.#combined ?? {};
    return combineSources(readings, { previous, mayBeBlank: () => false, ups, owners });
  }

  /** @param removable programs that no source defines and that are removed all the same */
  #diff(combined: CombinedPrograms, removable: ReadonlySet<string> = new Set()): SpecDiff {
    const { specs, isComplete, incomplete } = combined;
    const current = new Map([...this.#target.engine.programs].map(([id, { program }]) => [id, program.spec]));
    const mayRemove = (id: string): boolean => {
      if (this.#unlisted.has(id)) return removable.has(id);
      const files = this.#filesOf.get(id);
      if (files === undefined) return isComplete && !this.#isRescued;
      return ![...files, this.#registryFile].some((file) => incomplete.has(file));
    };
    return diffSpecs(current, new Map(specs.map(({ spec }) => [spec.id, spec])), { isComplete, mayRemove });
  }

  /** Removes a program, or instances of it, on request even while problems elsewhere prevent other removals. */
  #withRemoval(diff: SpecDiff, { specs, isComplete }: CombinedPrograms, edit: RegistryEdit): SpecDiff {
    if (isComplete || edit.kind === 'setting') return diff;
    const named = new Set(specs.map(({ spec }) => spec.id));
    const own = [...this.#target.engine.programs.keys()].filter((id) => id === edit.id || isInstanceOf(id, edit.id));
    return { ...diff, removed: own.filter((id) => !named.has(id)) };
  }

  /** Includes programs that no source defines any more: those left by the previous engine, and those being removed. */
  #origins(): Origins {
    const known = [...this.#target.engine.programs].map(([id, { origin }]) => [id, origin] as const);
    return new Map([...known, ...(this.#combined === null ? [] : originsInFiles(this.#combined))]);
  }

  #requestedUps({ files, add = [], drop = [] }: ReloadRequest): readonly Up[] {
    const unknown = drop.find((file) => !isInSet(this.#ups, file));
    if (unknown !== undefined) throw notASource(unknown, this.files);
    const kept = files === undefined ? this.#ups : [[...new Set(files)]].filter((up) => up.length > 0);
    return addToSet(dropFromSet(kept, drop), add);
  }

  #unusableIn({ latest }: CombinedSources, { files = [], add = [], check }: ReloadRequest): readonly ConfigProblem[] {
    return check === undefined ? [] : unusableFiles(latest, [...files, ...add], check);
  }

  #isNewAndFaulty(files: readonly string[], problems: readonly ConfigProblem[]): boolean {
    const added = files.filter((file) => !this.files.includes(file));
    return problems.some(({ severity, file }) => severity === 'error' && added.includes(file));
  }

  /** @param reported the problems to record; by default without those that follow from a command itself */
  #apply(ups: readonly Up[], combined: CombinedSources, diff: SpecDiff, reported = withoutShadowed(combined)): void {
    if (ups !== this.#ups) this.#record.confirm();
    this.#ups = ups;
    this.#poll();
    this.#enforce(ups, combined, reported);
    applySpecs(this.#target, diff, combined.specs);
    noteOverrides(this.#target.engine, combined.specs);
    this.#target.putDigest(sourcesDigest(combined.inEffect));
    this.#target.records.commit();
  }

  #enforce(ups: readonly Up[], combined: CombinedSources, reported: readonly ConfigProblem[]): void {
    const known = new Set(this.#combined?.problems.map(formatProblem));
    this.#combined = combined;
    for (const { spec } of combined.specs) {
      this.#unlisted.delete(spec.id);
      const file = combined.owners.get(spec.id);
      this.#filesOf.set(spec.id, file === undefined ? [] : (ups.find((up) => up.includes(file)) ?? []));
    }
    this.#record.write(this.#ups);
    recordProblems(
      this.#target.records,
      reported.filter((problem) => !known.has(formatProblem(problem))),
      combined.refused,
    );
    this.onLoaded.emit();
  }
}

function notASource(file: string, files: readonly string[]): HealerError {
  const known = files.length === 0 ? 'no file' : files.join(', ');
  return new HealerError('INVALID_CONFIG', `programs are not read from "${file}", but from ${known}`, { file, files });
}
