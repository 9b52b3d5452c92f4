import { createTaskQueue } from '../../base/task-queue.ts';
import { formatProblem, limitProblems } from '../../config/reading/config-problem.ts';
import { diffSpecs, planOf, type SpecDiff } from '../../config/sources/diff-specs.ts';
import { isInstanceOf } from '../../base/instance-id.ts';
import { writeSourcesNote } from '../../config/sources/sources-note.ts';
import {
  type CombinedPrograms,
  type CombinedSources,
  combineSources,
  originsInFiles,
} from '../../config/sources/combine-sources.ts';
import type { Origins } from '../../config/reading/sourced-spec.ts';
import { applyEdit, type RegistryEdit } from '../../config/registry/registry-edits.ts';
import { editRegistry, rescueRegistry } from '../../config/registry/registry-file.ts';
import { pollSource } from '../../config/sources/poll-source.ts';
import { readSources, type SourceFiles } from '../../config/sources/read-sources.ts';
import type { Registry } from '../../config/registry/registry-content.ts';
import type { ConfigProblem, ReloadResult } from '../../protocol/results/config-plan.ts';
import { HealerError } from '../../protocol/errors.ts';
import { Watchers } from '../core/watchers.ts';
import { applySpecs, type SpecTarget } from './apply-specs.ts';

/** Problems recorded as events; further ones are only counted, so that a binary file does not fill the log. */
const RECORDED_PROBLEMS = 20;

/** Always the same object, so that comparing identities detects changes. */
const NO_BINARIES: CombinedPrograms['binaries'] = {};

interface ReloadRequest {
  /** The new source files; without them, the files stay the same. */
  readonly files?: readonly string[] | undefined;
  /** Returns the plan without applying it. */
  readonly dryRun: boolean;
  /** Returns whether an empty file means no programs rather than an edit in progress. Without it, every empty file does. */
  readonly mayBeBlank?: (file: string) => boolean;
}

/** Keeps the programs in step with the sources that define them. */
export class Sources {
  /** The sources were loaded; settings and paths of executables may have changed. */
  readonly onLoaded = new Watchers<[]>();
  readonly #target: SpecTarget;
  readonly #noteFile: string;
  readonly #polls = new Map<string, { close: () => void }>();
  #sources: SourceFiles;
  #combined: CombinedSources | null = null;
  /** The registry was damaged when the engine started: it may have defined programs that still run. */
  #isRescued = false;
  /** Ids that some source has defined since the engine started. */
  readonly #named = new Set<string>();
  readonly #queue = createTaskQueue();
  #isClosed = false;

  /** @param noteFile the file that records the names of the source files, see `writeSourcesNote` */
  constructor(sources: SourceFiles, noteFile: string, target: SpecTarget) {
    this.#sources = sources;
    this.#noteFile = noteFile;
    this.#target = target;
  }

  /** The sources in use; an empty registry is omitted. */
  get names(): readonly string[] {
    const { files, registryFile } = this.#sources;
    const { programs = {}, overrides = {} } = this.#combined?.inEffect.registry.content ?? {};
    const isUsed = Object.keys(programs).length + Object.keys(overrides).length > 0;
    return isUsed ? [...files, registryFile] : files;
  }

  /** The requested source files, readable or not. */
  get files(): readonly string[] {
    return this.#sources.files;
  }

  /** Configured paths of executables, by command name. */
  get binaries(): CombinedPrograms['binaries'] {
    return this.#combined?.binaries ?? NO_BINARIES;
  }

  /** The settings in the registry when it was last read. */
  get settings(): Registry['settings'] {
    return this.#combined?.inEffect.registry.content.settings ?? {};
  }

  /** Reads the sources for the first time. A damaged registry is renamed; programs that it may have defined are left alone. */
  async start(nowMs: number): Promise<CombinedSources> {
    const problem = await rescueRegistry(this.#sources.registryFile, nowMs);
    if (problem !== null) this.#target.records.recordEngineEvent('file-corrupt', problem);
    this.#isRescued = problem !== null;
    this.#poll();
    const combined = await this.#combine(this.#sources);
    this.#enforce(this.#sources, combined);
    return problem === null ? combined : { ...combined, isComplete: false };
  }

  /**
   * Reads the sources and applies what changed. Nothing is applied if a file that is new to the engine has errors.
   * @throws HealerError INVALID_STATE while the engine is shutting down
   */
  reload({ files = this.#sources.files, dryRun, mayBeBlank }: ReloadRequest): Promise<ReloadResult> {
    return this.#inTurn(async () => {
      const sources = { ...this.#sources, files };
      const combined = await this.#combine(sources, mayBeBlank);
      const diff = this.#diff(combined);
      const isRefused = this.#isNewAndFaulty(files, combined.problems);
      if (!dryRun && !isRefused) this.#apply(sources, combined, diff);
      return {
        applied: !dryRun && !isRefused,
        files,
        refused: isRefused ? files : combined.refused,
        ...planOf(diff),
        ...limitProblems(combined.problems),
      };
    });
  }

  /**
   * Changes the registry and applies the change, one at a time with reloads of files.
   * @throws HealerError as `applyEdit` and `editRegistry` do; nothing has changed then
   */
  edit(edit: RegistryEdit): Promise<SpecDiff> {
    return this.#inTurn(async () => {
      const origins = this.#origins();
      await editRegistry(this.#sources.registryFile, (registry) => applyEdit(registry, edit, origins));
      // A file that is empty now may be in the middle of being written.
      const combined = await this.#combine(this.#sources, () => false);
      const diff = this.#withRemoval(this.#diff(combined), combined, edit);
      this.#apply(this.#sources, combined, diff);
      return diff;
    });
  }

  close(): void {
    this.#isClosed = true;
    for (const poll of this.#polls.values()) poll.close();
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
    const wanted = [...this.#sources.files, this.#sources.registryFile];
    for (const [file, poll] of this.#polls) {
      if (wanted.includes(file)) continue;
      poll.close();
      this.#polls.delete(file);
    }
    for (const file of wanted) {
      if (this.#isClosed || this.#polls.has(file)) continue;
      // `pollSource` reports an empty file only after it has stayed empty for a while.
      const request = { dryRun: false, mayBeBlank: (other: string) => other === file };
      const reload = (): void => void this.reload(request).catch(() => undefined);
      this.#polls.set(file, pollSource(file, reload));
    }
  }

  async #combine(sources: SourceFiles, mayBeBlank: (file: string) => boolean = () => true): Promise<CombinedSources> {
    const readings = await readSources(sources, process.env);
    return combineSources(readings, { previous: this.#combined?.inEffect ?? null, mayBeBlank });
  }

  #diff({ specs, isComplete }: CombinedPrograms): SpecDiff {
    const current = new Map([...this.#target.engine.programs].map(([id, { program }]) => [id, program.spec]));
    const diff = diffSpecs(current, new Map(specs.map(({ spec }) => [spec.id, spec])), { isComplete });
    return this.#isRescued ? { ...diff, removed: diff.removed.filter((id) => this.#named.has(id)) } : diff;
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

  #isNewAndFaulty(files: readonly string[], problems: readonly ConfigProblem[]): boolean {
    const added = files.filter((file) => !this.#sources.files.includes(file));
    return problems.some(({ severity, file }) => severity === 'error' && added.includes(file));
  }

  #apply(sources: SourceFiles, combined: CombinedSources, diff: SpecDiff): void {
    this.#sources = sources;
    this.#poll();
    this.#enforce(sources, combined);
    applySpecs(this.#target, diff, combined.specs);
    this.#target.records.commit();
  }

  #enforce({ files }: SourceFiles, combined: CombinedSources): void {
    const known = new Set(this.#combined?.problems.map(formatProblem));
    this.#combined = combined;
    for (const { spec } of combined.specs) this.#named.add(spec.id);
    writeSourcesNote(this.#noteFile, files);
    recordProblems(
      this.#target.records,
      combined.problems.filter((problem) => !known.has(formatProblem(problem))),
      combined.refused,
    );
    this.onLoaded.emit();
  }
}

/** Records new problems as events. */
function recordProblems(
  records: SpecTarget['records'],
  fresh: readonly ConfigProblem[],
  refused: readonly string[],
): void {
  for (const problem of fresh.slice(0, RECORDED_PROBLEMS)) {
    records.recordEngineEvent('config-invalid', formatProblem(problem), { ...problem });
  }
  const omitted = fresh.length - RECORDED_PROBLEMS;
  if (omitted > 0)
    records.recordEngineEvent('config-invalid', `and ${String(omitted)} more problems`, { untold: omitted });
  if (fresh.length === 0) return;
  for (const file of refused) {
    records.recordEngineEvent('config-invalid', `the edit of "${file}" has no effect until its errors are fixed`, {
      file,
    });
  }
}
