import { descriptors } from '../../base/descriptors.ts';
import type { EngineLoad } from '../../protocol/snapshot.ts';

const BYTES_PER_MB = 2 ** 20;

/** Measures the resource usage of the engine between two calls. */
export class OwnLoad {
  #cpu = process.cpuUsage();
  #atMs = performance.now();
  #cpuPercent: number | null = null;
  #memoryBytes = 0;

  /** Takes a measurement. Called once per tick: shorter intervals would measure noise. */
  measure(): void {
    const nowMs = performance.now();
    const { user, system } = process.cpuUsage(this.#cpu);
    this.#cpuPercent = Math.round((user + system) / (nowMs - this.#atMs)) / 10;
    this.#cpu = process.cpuUsage();
    this.#atMs = nowMs;
    descriptors.refresh();
  }

  /** Returns the values of the last `measure`, and the current memory. */
  read(): Pick<EngineLoad, 'cpuPercent' | 'memoryMb' | 'openFiles' | 'openFilesLimit'> {
    const { open, limit } = descriptors;
    return {
      cpuPercent: this.#cpuPercent,
      memoryMb: Math.round((this.#readMemory() / BYTES_PER_MB) * 10) / 10,
      openFiles: open > 0 ? open : null,
      openFilesLimit: Number.isFinite(limit) ? limit : null,
    };
  }

  #readMemory(): number {
    try {
      this.#memoryBytes = descriptors.withReserve(() => process.memoryUsage.rss());
    } catch {
      // Node reads it from a file, for which no descriptor is free: the last value is shown.
    }
    return this.#memoryBytes;
  }
}
