import { readdirSync } from 'node:fs';
import type { EngineLoad } from '../../protocol/snapshot.ts';

const BYTES_PER_MB = 2 ** 20;

/** Measures the resource usage of the engine between two calls. */
export class OwnLoad {
  #cpu = process.cpuUsage();
  #atMs = performance.now();
  #cpuPercent: number | null = null;
  #openFiles: number | null = null;

  /** Takes a measurement. Called once per tick: shorter intervals would measure noise. */
  measure(): void {
    const nowMs = performance.now();
    const { user, system } = process.cpuUsage(this.#cpu);
    this.#cpuPercent = Math.round((user + system) / (nowMs - this.#atMs)) / 10;
    this.#cpu = process.cpuUsage();
    this.#atMs = nowMs;
    this.#openFiles = countOpenFiles();
  }

  /** Returns the values of the last `measure`, and the current memory. */
  read(): Pick<EngineLoad, 'cpuPercent' | 'memoryMb' | 'openFiles'> {
    return {
      cpuPercent: this.#cpuPercent,
      memoryMb: Math.round((process.memoryUsage.rss() / BYTES_PER_MB) * 10) / 10,
      openFiles: this.#openFiles,
    };
  }
}

function countOpenFiles(): number | null {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return null;
  }
}
