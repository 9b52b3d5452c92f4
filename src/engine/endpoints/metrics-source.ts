import type { FigureFacts } from '../../policy/figures.ts';
import { isWanted } from '../../policy/lifecycle/wanted.ts';
import type { ServedEngine } from '../access/served-engine.ts';
import type { RunningEngine } from '../assembly/running-engine.ts';

/** Returns a function that reads the current values from which the metrics are computed, and saves the counters. */
export function metricsSourceOf(
  { engine: { programs }, status, usage, parts }: Pick<RunningEngine, 'engine' | 'status' | 'usage' | 'parts'>,
  engine: Pick<ServedEngine, 'ids' | 'row'>,
): () => FigureFacts {
  return () => {
    const { user, system } = process.cpuUsage();
    const rows = engine.ids().flatMap((id) => engine.row(id) ?? []);
    const totals = new Map(rows.map(({ id }) => [id, usage.totals.of(id)]));
    // What a client has seen must not decrease, even if the engine is killed next.
    usage.totals.save();
    return {
      status: status.read(),
      rows,
      totalsOf: (id) => totals.get(id) ?? usage.totals.of(id),
      isWanted: (id) => {
        const entry = programs.get(id);
        return entry !== undefined && isWanted(entry.program.state);
      },
      nowMs: parts.clock.now().wall,
      ownCpuSeconds: (user + system) / 1e6,
      ownSinceMs: performance.timeOrigin,
      nodeVersion: process.version,
    };
  };
}
