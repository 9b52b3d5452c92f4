import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { keepAside } from '../../base/atomic-file.ts';
import { messageOf } from '../../base/thrown.ts';
import { type ProcessSpec, storedSpecSchema } from '../../protocol/process-spec.ts';
import { AppendFile, type AppendResult } from './append-file.ts';
import { type ProgramRecord, programRecordSchema } from './program-record.ts';

const VERSION = 1;

/** The files of each `healer up`, in case that their own record is lost. */
const upsSchema = z.array(z.array(z.string())).optional();

/** The last run of each program that left processes running on purpose. */
const releasedSchema = z.record(z.string(), z.number().int().min(0)).optional();

const lineSchema = z.union([
  z.object({
    version: z.literal(VERSION),
    bootId: z.string(),
    seq: z.number().int().min(0).optional(),
    /** The number of lines that were written together with this one. Fewer lines mean that the file was truncated. */
    lines: z.number().int().min(0).optional(),
    ups: upsSchema,
    released: releasedSchema,
    digest: z.string().optional(),
  }),
  z.object({ id: z.string(), spec: storedSpecSchema, origin: z.string().optional() }),
  z.object({ id: z.string(), program: programRecordSchema, seq: z.number().int().min(0).optional() }),
  z.object({ id: z.string(), removed: z.literal(true) }),
]);

export interface StoredProgram {
  readonly spec: ProcessSpec;
  /** Where it was defined; null if that is unknown, as in files of the previous version. */
  readonly origin: string | null;
  readonly program: ProgramRecord | null;
  /** The sequence number of the last event that the record reflects; later events may change it. Unknown in old files. */
  readonly seq?: number | undefined;
}

/** A record that waits for the next commit, which knows the number of the last event. */
interface PendingRecord {
  readonly id: string;
  readonly program: ProgramRecord;
}

export interface StoredState {
  /** The boot in which the state was written; null if there is no state. */
  readonly bootId: string | null;
  readonly programs: ReadonlyMap<string, StoredProgram>;
  /** The sequence number of the last event when the state was written; 0 if there was none. */
  readonly lastSeq: number;
  /** The last run of each program that left processes running on purpose. */
  readonly released: ReadonlyMap<string, number>;
  /** Identifies the text that the definitions were read from; null in files of earlier versions. */
  readonly digest: string | null;
  /** The unreadable parts, one sentence each. */
  readonly problems: readonly string[];
}

/** Size of obsolete lines above which the file is compacted. */
const GARBAGE_BYTES = 4 * 1024 * 1024;

/**
 * The state for the next engine, as a file of JSON lines in which the last line about a program counts. A change costs one
 * short append, regardless of the number of programs; a kill damages at most the last line.
 */
export class StateStore {
  readonly #path: string;
  readonly #file: AppendFile;
  readonly #bootId: string;
  #programs = new Map<string, StoredProgram>();
  #pending: (string | PendingRecord)[] = [];
  #lastSeq = 0;
  #ups: readonly (readonly string[])[] = [];
  #released: ReadonlyMap<string, number> = new Map();
  #digest: string | null = null;
  #compactAtBytes = GARBAGE_BYTES;

  constructor(path: string, bootId: string) {
    this.#path = path;
    this.#bootId = bootId;
    this.#file = new AppendFile(path);
  }

  /** Reads the state of the previous engine. */
  load(nowMs: number): StoredState {
    const { bootId, programs, lastSeq, digest, problems, damaged, ...parsed } = parseState(readIfPresent(this.#path));
    // The processes did not survive a reboot.
    const released = bootId === this.#bootId ? parsed.released : new Map<string, number>();
    this.#programs = new Map(programs);
    this.#lastSeq = lastSeq;
    this.#released = released;
    this.#digest = digest;
    // Readers need to know to which boot the pids of the following lines belong.
    if (bootId !== this.#bootId) this.#pending.push(this.#header());
    return {
      bootId,
      programs,
      lastSeq,
      released,
      digest,
      problems: damaged ? [...problems, this.#keepAside(nowMs)] : problems,
    };
  }

  /** The ids of all programs that the file contains. */
  get ids(): readonly string[] {
    return [...this.#programs.keys()];
  }

  putSpec(id: string, spec: ProcessSpec, origin: string | null = null): void {
    this.#programs.set(id, { ...(this.#programs.get(id) ?? { program: null }), spec, origin });
    this.#pending.push(specLine(id, spec, origin));
  }

  putProgram(id: string, program: ProgramRecord): void {
    const known = this.#programs.get(id);
    if (known === undefined) return;
    this.#programs.set(id, { spec: known.spec, origin: known.origin, program });
    this.#pending.push({ id, program });
  }

  remove(id: string): void {
    if (this.#programs.delete(id)) this.#pending.push(JSON.stringify({ id, removed: true }));
  }

  /** Stores the files that define programs. */
  putSources(ups: readonly (readonly string[])[]): void {
    if (JSON.stringify(ups) === JSON.stringify(this.#ups)) return;
    this.#ups = ups;
    this.#pending.push(this.#header({ ups }));
  }

  /** Stores the runs that left processes running on purpose. */
  putReleased(released: ReadonlyMap<string, number>): void {
    this.#released = new Map(released);
    this.#pending.push(this.#header({ released }));
  }

  /** Stores what identifies the text that the definitions were read from. */
  putDigest(digest: string): void {
    if (digest === this.#digest) return;
    this.#digest = digest;
    this.#pending.push(this.#header({ digest }));
  }

  /** Stores the sequence number of the last event, so that numbers continue even if `healing.log` is lost. */
  putSeq(seq: number): void {
    if (seq === this.#lastSeq) return;
    this.#lastSeq = seq;
    this.#pending.push(this.#header());
  }

  /** Whether the file is still the one that this store writes. */
  get isInPlace(): boolean {
    return this.#file.isInPlace();
  }

  /**
   * Writes changes since the last commit. Never throws: lines that cannot be written are kept for the next commit.
   * @param isUrgent leaves it to the next commit to check whether the file is still in place
   */
  commit(isUrgent = false): AppendResult {
    const lines = this.#pending.map((line) => (typeof line === 'string' ? line : this.#recordLine(line)));
    this.#pending = [];
    // It was removed or replaced from outside.
    if (!isUrgent && !this.#file.isInPlace()) return this.compact();
    const result = this.#file.append(lines);
    if (this.#file.sizeBytes > this.#compactAtBytes) this.compact();
    return result;
  }

  /** Rewrites the file without obsolete lines. If that fails, the long file stays in use. */
  compact(): AppendResult {
    const lines: string[] = [];
    for (const [id, { spec, origin, program }] of this.#programs) {
      lines.push(specLine(id, spec, origin));
      if (program !== null) lines.push(this.#recordLine({ id, program }));
    }
    const whole = { lines: lines.length, ups: this.#ups, released: this.#released };
    const header = this.#header({ ...whole, ...(this.#digest !== null && { digest: this.#digest }) });
    const text = `${[header, ...lines].join('\n')}\n`;
    this.#compactAtBytes = text.length * 2 + GARBAGE_BYTES;
    return this.#file.rewrite(text);
  }

  close(): void {
    this.#file.close();
  }

  #header({ released, ...more }: HeaderFields = {}): string {
    const fields =
      released === undefined || released.size === 0 ? more : { ...more, released: Object.fromEntries(released) };
    return JSON.stringify({ version: VERSION, bootId: this.#bootId, seq: this.#lastSeq, ...fields });
  }

  #recordLine({ id, program }: PendingRecord): string {
    return JSON.stringify({ id, program, seq: this.#lastSeq });
  }

  #keepAside(nowMs: number): string {
    try {
      return `a copy of the damaged file was kept as "${keepAside(this.#path, nowMs)}"`;
    } catch (error) {
      const why = messageOf(error);
      return `no copy of the damaged file could be kept: ${why}`;
    }
  }
}

/** What a header contains besides what every header does. */
interface HeaderFields {
  readonly lines?: number;
  readonly ups?: readonly (readonly string[])[];
  readonly released?: ReadonlyMap<string, number>;
  readonly digest?: string;
}

function specLine(id: string, spec: ProcessSpec, origin: string | null): string {
  return JSON.stringify({ id, spec, ...(origin === null ? {} : { origin }) });
}

interface ParsedState extends StoredState {
  readonly damaged: boolean;
}

function parseState(text: string | null): ParsedState {
  const programs = new Map<string, StoredProgram>();
  const problems: string[] = [];
  let bootId: string | null = null;
  let lastSeq = 0;
  let expectedLines = 0;
  let released: ReadonlyMap<string, number> = new Map();
  let digest: string | null = null;
  const lines = (text ?? '').split('\n');
  // The bytes after the last newline were being written when the engine died.
  const torn = lines.pop();
  lines.forEach((line, index) => {
    const parsed = lineSchema.safeParse(parseJson(line));
    if (!parsed.success) problems.push(`line ${String(index + 1)} of the state file is unreadable`);
    else if ('bootId' in parsed.data) {
      bootId = parsed.data.bootId;
      if (parsed.data.released !== undefined) released = new Map(Object.entries(parsed.data.released));
      digest = parsed.data.digest ?? digest;
      lastSeq = Math.max(lastSeq, parsed.data.seq ?? 0);
      expectedLines = parsed.data.lines === undefined ? 0 : index + 1 + parsed.data.lines;
    } else applyLine(programs, parsed.data);
  });
  const damaged = problems.length > 0;
  const isTorn = torn !== undefined && torn !== '' && !damaged && lines.length === 0;
  if (lines.length < expectedLines || isTorn) problems.push('the state file is truncated');
  return { bootId, programs, lastSeq, released, digest, problems, damaged };
}

type ProgramLine = Exclude<z.output<typeof lineSchema>, { bootId: string }>;

function applyLine(programs: Map<string, StoredProgram>, line: ProgramLine): void {
  const known = programs.get(line.id);
  if ('spec' in line) {
    programs.set(line.id, { ...(known ?? { program: null }), spec: line.spec, origin: line.origin ?? null });
  } else if ('removed' in line) programs.delete(line.id);
  else if (known !== undefined) programs.set(line.id, { ...known, program: line.program, seq: line.seq });
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function readIfPresent(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
