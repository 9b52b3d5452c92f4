import { closeSync, constants, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureFolder } from '../../../base/atomic-file.ts';
import type { RunPipes } from './log-transport.ts';

/** Makes a FIFO that nobody else may open. @throws an error whose `code` is the errno's name. */
export type MakeFifo = (path: string) => void;

export function pipePathsOf(pipesDir: string, id: string, run: number): RunPipes {
  const base = join(pipesDir, `${id}.${String(run)}`);
  return { stdoutPath: `${base}.out`, stderrPath: `${base}.err` };
}

/** For reading and writing, so that neither end's death is seen by the other; never waits. */
export function openFifo(path: string): number {
  return openSync(path, constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOFOLLOW);
}

/** A FIFO of its own for each stream of a run, held open: what is written into it lasts as long as anybody holds it. */
export class HeldPipes {
  readonly paths: RunPipes;
  readonly #fds: number[] = [];

  /** Takes hold of FIFOs that are there, as far as they are. */
  static ofSurvivor(paths: RunPipes, open = openFifo): HeldPipes {
    const held = new HeldPipes(paths);
    try {
      held.#open(open);
    } catch {
      // The program has them open, or they are gone for good.
    }
    return held;
  }

  static make(pipesDir: string, id: string, run: number, makeFifo: MakeFifo): HeldPipes {
    const held = new HeldPipes(pipePathsOf(pipesDir, id, run));
    try {
      for (const path of held.#pathList()) makeAnew(path, pipesDir, makeFifo);
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
    return [this.paths.stdoutPath, this.paths.stderrPath];
  }
}

export function unlinkPipes({ stdoutPath, stderrPath }: RunPipes): void {
  rmSync(stdoutPath, { force: true });
  rmSync(stderrPath, { force: true });
}

function makeAnew(path: string, pipesDir: string, makeFifo: MakeFifo): void {
  try {
    makeFifo(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') ensureFolder(pipesDir);
    // Left over from a boot or a state file that is gone; its run cannot be alive under the same number.
    else if (code === 'EEXIST') rmSync(path);
    else throw error;
    makeFifo(path);
  }
}
