import { closeSync, constants, openSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePipesFolder } from '../../../config/instance/pipes-folder.ts';
import type { RunRef } from '../../../protocol/run.ts';
import type { RunPipes } from './log-transport.ts';

/** Creates a FIFO that only this user may open. @throws an error whose `code` is the name of the errno */
export type MakeFifo = (path: string) => void;

export function pipePathsOf(pipesDir: string, id: string, run: number, hasReadyPipe = false): RunPipes {
  const base = join(pipesDir, `${id}.${String(run)}`);
  const output = { stdoutPath: `${base}.out`, stderrPath: `${base}.err` };
  return hasReadyPipe ? { ...output, readyPath: `${base}.ready` } : output;
}

/** Returns whether some process has both output pipes open: otherwise, the kernel has dropped what was in them. */
export function isOutputHeld({ stdoutPath, stderrPath }: RunPipes, isHeld: (path: string) => boolean): boolean {
  return isHeld(stdoutPath) && isHeld(stderrPath);
}

/** Returns the runs that have pipes in this folder. */
export function runsWithPipes(pipesDir: string): readonly RunRef[] {
  return namesIn(pipesDir).flatMap((name) => {
    const [, id, run] = /^(.+)\.(\d+)\.out$/.exec(name) ?? [];
    return id === undefined ? [] : [{ id, run: Number(run) }];
  });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Opens a FIFO for reading and writing, so that neither end notices when the other exits. Never blocks. */
export function openFifo(path: string): number {
  return openSync(path, constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOFOLLOW);
}

/** The open FIFOs of a run, one for each stream. Their contents are kept as long as any process has them open. */
export class HeldPipes {
  readonly paths: RunPipes;
  readonly #fds: number[] = [];

  /** Opens the FIFOs of a running program, as far as they exist; null opens none. */
  static ofSurvivor(paths: RunPipes, open: ((path: string) => number) | null = openFifo): HeldPipes {
    const held = new HeldPipes(paths);
    try {
      if (open !== null) held.#open(open);
    } catch {
      // The program has them open, or they no longer exist.
    }
    return held;
  }

  static make(pipesDir: string, { id, run }: RunRef, makeFifo: MakeFifo, hasReadyPipe = false): HeldPipes {
    const held = new HeldPipes(pipePathsOf(pipesDir, id, run, hasReadyPipe));
    try {
      for (const path of held.#pathList()) makeFresh(path, pipesDir, makeFifo);
      held.#open();
      return held;
    } catch (error) {
      held.release();
      held.unlink();
      throw error;
    }
  }

  private constructor(paths: RunPipes) {
    this.paths = paths;
  }

  release(): void {
    for (const fd of this.#fds.splice(0)) closeSync(fd);
  }

  unlink(): void {
    unlinkPipes(this.paths);
  }

  #open(open = openFifo): void {
    for (const path of this.#pathList()) this.#fds.push(open(path));
  }

  #pathList(): string[] {
    const { stdoutPath, stderrPath, readyPath } = this.paths;
    return [stdoutPath, stderrPath, ...(readyPath === undefined ? [] : [readyPath])];
  }
}

export function unlinkPipes({ stdoutPath, stderrPath, readyPath }: RunPipes): void {
  rmSync(stdoutPath, { force: true });
  rmSync(stderrPath, { force: true });
  if (readyPath !== undefined) rmSync(readyPath, { force: true });
}

function makeFresh(path: string, pipesDir: string, makeFifo: MakeFifo): void {
  try {
    makeFifo(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') ensurePipesFolder(pipesDir);
    // Left over from an earlier boot or a lost state file: a running program cannot have the same run number.
    else if (code === 'EEXIST') rmSync(path);
    else throw error;
    makeFifo(path);
  }
}
