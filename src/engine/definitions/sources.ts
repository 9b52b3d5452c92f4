import { formatProblem, limitProblems } from '../../config/reading/config-problem.ts';
import { diffSpecs, planOf, type SpecDiff } from '../../config/sources/diff-specs.ts';
import { isInstanceOf } from '../../config/registry/instance-id.ts';
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
import type { Records } from '../records/records.ts';

/** Problems told as events; the rest is counted. A binary file must not fill the log. */
const RECORDED_PROBLEMS = 20;

/** One and the same object, as whoever compares expects of what did not change. */
const NO_BINARIES: CombinedPrograms['binaries'] = {};

interface ReloadRequest {
  /** What the sources are from now on; left out, they stay what they are. */
  readonly files?: readonly string[] | undefined;
  /** Only tells what would be done. */
  readonly dryRun: boolean;
  /** Which files are taken at their word when they are empty: left out, all. */
  readonly mayBeBlank?: (file: string) => boolean;
}

/** Keeps the programs in step with what defines them. */
export class Sources {
  /** The sources were loaded; settings and paths of executables may have changed. */
  readonly onLoaded = new Watchers<[]>();
  readonly #target: SpecTarget;
  readonly #noteFile: string;
  readonly #polls = new Map<string, { close: () => void }>();
  #sources: SourceFiles;
  #combined: CombinedSources | null = null;
  /** Then the registry may have named programs that still run, and nobody knows which. */
  #isRescued = false;
  /** Ids that some source has named since the engine started. */
  readonly #named = new Set<string>();
  #turn: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  /** @param noteFile where it is noted what the files are, see `writeSourcesNote` */
  constructor(sources: SourceFiles, noteFile: string, target: SpecTarget) {
    this.#sources = sources;
    this.#noteFile = noteFile;
    this.#target = target;
  }

  /** What programs come from, an empty registry left out. */
  get names(): readonly string[] {
    const { files, registryFile } = this.#sources;
    const { programs = {}, overrides = {} } = this.#combined?.inEffect.registry.content ?? {};
    const isUsed = Object.keys(programs).length + Object.keys(overrides).length > 0;
    return isUsed ? [...files, registryFile] : files;
  }

  /** What was asked for, read or not. */
  get files(): readonly string[] {
    return this.#sources.files;
  }

  /** Paths of executables by command, as the sources have them. */
  get binaries(): CombinedPrograms['binaries'] {
    return this.#combined?.binaries ?? NO_BINARIES;
  }

  /** What the registry held when it was last read. */
  get settings(): Registry['settings'] {
    return this.#combined?.inEffect.registry.content.settings ?? {};
  }

  /** What the sources say as the engine starts. A damaged registry is put aside; what it named is left alone. */
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
   * Reads the sources and puts into force what changed. Errors in files that are new to the engine leave all as it is.
   * @throws HealerError INVALID_STATE while the engine is going down
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
   * Changes the registry and puts the change into force, in turn with the edits of files.
   * @throws HealerError as `applyEdit` and `editRegistry` do; nothing is changed then
   */
  edit(edit: RegistryEdit): Promise<SpecDiff> {
    return this.#inTurn(async () => {
      const origins = this.#origins();
      await editRegistry(this.#sources.registryFile, (registry) => applyEdit(registry, edit, origins));
      // Whoever edits the registry says nothing of a file that is being written at the moment.
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

  /** One after the other, whoever asks: each sees what the one before has made of it. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(() => {
      if (this.#target.engine.isGoingDown) throw new HealerError('INVALID_STATE', 'the engine is going down');
      return work();
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
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

  /** Problems of others do not keep a program, or instances of it, whose removal was asked for. */
  #withRemoval(diff: SpecDiff, { specs, isComplete }: CombinedPrograms, edit: RegistryEdit): SpecDiff {
    if (isComplete || edit.kind === 'setting') return diff;
    const named = new Set(specs.map(({ spec }) => spec.id));
    const own = [...this.#target.engine.programs.keys()].filter((id) => id === edit.id || isInstanceOf(id, edit.id));
    return { ...diff, removed: own.filter((id) => !named.has(id)) };
  }

  /** Also what survived an earlier engine and no source names any more, or is just being removed. */
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

/** Problems that are new become events. */
function recordProblems(records: Records, fresh: readonly ConfigProblem[], refused: readonly string[]): void {
  for (const problem of fresh.slice(0, RECORDED_PROBLEMS)) {
    records.recordEngineEvent('config-invalid', formatProblem(problem), { ...problem });
  }
  const untold = fresh.length - RECORDED_PROBLEMS;
  if (untold > 0) records.recordEngineEvent('config-invalid', `and ${String(untold)} more problems`, { untold });
  if (fresh.length === 0) return;
  for (const file of refused) {
    records.recordEngineEvent('config-invalid', `the edit of "${file}" changes nothing until its errors are mended`, {
      file,
    });
  }
}
