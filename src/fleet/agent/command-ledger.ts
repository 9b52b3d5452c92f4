import { readFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ensureFolder, replaceFile } from '../../base/atomic-file.ts';
import { parseJsonObject } from '../../base/parse-json-object.ts';
import { codeOf } from '../../base/thrown.ts';
import { toHealerError } from '../../protocol/errors.ts';

/** How many commands are remembered, and more as long as their deadlines have not passed. */
const KEPT = 1_000;
/** Longer answers are not kept: a repeated request then learns only that the command ended. */
const ANSWER_CHARS = 64 * 1024;

/** What identifies a command: its operation, and everything that a repeated request has to share with the first one. */
export interface Command {
  readonly operation: string;
  /** The method, the caller and a hash of the parameters. */
  readonly request: string;
  /** In hub time, ms since 1970. */
  readonly deadline: number;
}

/** A command that the ledger knows. */
export interface KnownCommand extends Command {
  /** Null while it runs, or if the agent was killed before its end. */
  readonly answer: string | null;
  /** Whether an earlier agent began it. If it has no answer, its outcome is unknown. */
  readonly isFromBefore: boolean;
}

interface Entry {
  readonly operation: string;
  readonly request: string;
  readonly deadline: number;
  answer: string | null;
  isFromBefore: boolean;
}

/** The answer that is kept in place of one that is too long. */
export const TOO_LONG_TO_KEEP = 'ended';

/**
 * The commands that this host performed, on disk: each is recorded before it begins and after it ends, so that none runs
 * twice, even if the agent is killed.
 */
export class CommandLedger {
  readonly #path: string;
  readonly #entries = new Map<string, Entry>();
  #file: FileHandle | null = null;
  #lines = 0;
  #waiting: { readonly line: string; readonly settle: (error: Error | null) => void }[] = [];
  #isWriting = false;

  constructor(path: string) {
    this.#path = path;
    for (const line of linesOf(path)) this.#read(line);
    for (const entry of this.#entries.values()) entry.isFromBefore = true;
  }

  get size(): number {
    return this.#entries.size;
  }

  find(operation: string): KnownCommand | null {
    return this.#entries.get(operation) ?? null;
  }

  /** Records that a command begins. Resolves once that is on disk. @throws the error of the failed system call */
  async begin(command: Command, hubNow: number): Promise<void> {
    this.#forget(hubNow);
    this.#entries.set(command.operation, { ...command, answer: null, isFromBefore: false });
    try {
      await this.#append(JSON.stringify(command));
    } catch (error) {
      this.#entries.delete(command.operation);
      throw error;
    }
  }

  /** Records the answer to a command. Resolves once that is on disk. @throws the error of the failed system call */
  async end(operation: string, answer: string): Promise<void> {
    const entry = this.#entries.get(operation);
    if (entry === undefined) return;
    entry.answer = answer.length > ANSWER_CHARS ? TOO_LONG_TO_KEEP : answer;
    await this.#append(JSON.stringify({ operation, answer: entry.answer }));
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = null;
  }

  #read(line: string): void {
    // The last line may be incomplete: the agent was killed, or the machine lost power.
    const record = parseJsonObject(line);
    if (record === null) return;
    const { operation, request, deadline, answer } = record;
    if (typeof operation !== 'string') return;
    this.#lines += 1;
    const known = this.#entries.get(operation);
    if (typeof answer === 'string') {
      if (known !== undefined) known.answer = answer;
    } else if (typeof request === 'string' && typeof deadline === 'number') {
      this.#entries.set(operation, { operation, request, deadline, answer: null, isFromBefore: true });
    }
  }

  /** Forgets the oldest commands; one whose deadline has not passed could otherwise run again. */
  #forget(hubNow: number): void {
    for (const { operation, deadline } of this.#entries.values()) {
      if (this.#entries.size < KEPT) return;
      if (deadline < hubNow) this.#entries.delete(operation);
    }
  }

  #append(line: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ line, settle: (error) => (error === null ? resolve() : reject(error)) });
      if (!this.#isWriting) void this.#writeAll();
    });
  }

  /** Commands that arrive together share one write and one fdatasync(2). */
  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      const error = await this.#write(batch.map(({ line }) => `${line}\n`).join('')).then(
        () => null,
        (thrown: unknown) => toHealerError(thrown),
      );
      this.#lines += batch.length;
      for (const { settle } of batch) settle(error);
    }
    this.#isWriting = false;
  }

  async #write(text: string): Promise<void> {
    if (this.#lines > KEPT * 4) await this.#compact();
    ensureFolder(dirname(this.#path));
    // Starts with a line break, in case the previous write was cut off.
    this.#file ??= await open(this.#path, 'a', 0o600);
    await this.#file.appendFile(`\n${text}`);
    await this.#file.datasync();
  }

  async #compact(): Promise<void> {
    await this.close();
    const records = [...this.#entries.values()].flatMap(({ operation, request, deadline, answer }) => [
      { operation, request, deadline },
      ...(answer === null ? [] : [{ operation, answer }]),
    ]);
    replaceFile(this.#path, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
    this.#lines = records.length;
  }
}

function linesOf(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').filter(Boolean);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}
