import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cleanup } from './cleanup.mjs';

const PROGRAMS = join(import.meta.dirname, '../programs');

/** A temporary folder for benchmarks: compiled programs, a folder for each contender, and their cleanup. */
export class Workshop {
  cleanup = new Cleanup();
  #folder = mkdtempSync(join(tmpdir(), 'healer-bench-'));
  #made = 0;
  #compiled = new Map();

  hasCompiler = spawnSync('gcc', ['--version'], { stdio: 'ignore' }).status === 0;

  constructor() {
    this.cleanup.defer(() => rmSync(this.#folder, { recursive: true, force: true }));
  }

  newFolder() {
    const folder = join(this.#folder, String(this.#made++));
    mkdirSync(folder);
    return folder;
  }

  /** Removes a large folder early; the others are removed at the end. @param {string} folder */
  discard(folder) {
    // On a busy machine, a log collector may still be removing its files.
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  /** Returns the path of a file in bench/programs. @param {string} name */
  source(name) {
    return join(PROGRAMS, name);
  }

  /**
   * Compiles a C program of bench/programs once.
   * @param {string} name @returns {string} its path
   * @throws {Error} with the message of gcc
   */
  compiled(name) {
    const known = this.#compiled.get(name);
    if (known !== undefined) return known;
    const program = join(this.#folder, name);
    const { status, stderr } = spawnSync('gcc', ['-O2', '-o', program, this.source(`${name}.c`)], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`gcc cannot compile ${name}.c: ${stderr}`);
    this.#compiled.set(name, program);
    return program;
  }
}
