import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BYSTANDER = fileURLToPath(new URL('../fixtures/programs/bystander.pl', import.meta.url));
const COUNT = 3;

interface Bystander {
  readonly child: ChildProcess;
  /** In which it records the signals that it receives. */
  readonly file: string;
}

/** Processes that healer does not manage, and that it must not signal. */
export class Bystanders implements Disposable {
  readonly #folder: string;
  readonly #all: Bystander[];

  constructor(folder: string) {
    this.#folder = folder;
    this.#all = [];
    for (let count = 0; count < COUNT; count++) this.#all.push(this.#start());
  }

  get pids(): readonly number[] {
    return this.#all.flatMap(({ child }) => (child.pid === undefined ? [] : [child.pid]));
  }

  /** Returns what happened to them, as sentences. */
  problems(): readonly string[] {
    return this.#all.flatMap(({ child, file }) => {
      if (child.exitCode !== null || child.signalCode !== null)
        return [`a process that healer does not manage (${child.pid ?? 0}) was ended: ${child.signalCode ?? 'exit'}`];
      const signals = readText(file).split('\n').filter(Boolean);
      return signals.length === 0 ? [] : [`a process that healer does not manage received ${signals.join(', ')}`];
    });
  }

  /** Starts one with this pid. Returns false if other processes were faster. */
  startAs(pid: number): boolean {
    for (let tries = 0; tries < 5; tries++) {
      writeFileSync('/proc/sys/kernel/ns_last_pid', String(pid - 1));
      const bystander = this.#start();
      this.#all.push(bystander);
      if (bystander.child.pid === pid) return true;
    }
    return false;
  }

  [Symbol.dispose](): void {
    for (const { child } of this.#all) child.kill('SIGKILL');
  }

  #start(): Bystander {
    const file = join(this.#folder, `bystander-${this.#all.length}`);
    return { file, child: spawn('perl', [BYSTANDER, file], { detached: true, stdio: 'ignore' }) };
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
