import type { FigureFacts } from '../../policy/figures.ts';
import type { ServedEngine } from '../access/served-engine.ts';
import type { RunningEngine } from '../assembly/running-engine.ts';

/** Returns a function that reads the current values from which the metrics are computed. */
export function metricsSourceOf(
  { status, usage, parts }: Pick<RunningEngine, 'status' | 'usage' | 'parts'>,
  engine: Pick<ServedEngine, 'ids' | 'row'>,
): () => FigureFacts {
  return () => {
    const { user, system } = process.cpuUsage();
    return {
      status: status.read(),
      rows: engine.ids().flatMap((id) => engine.row(id) ?? []),
      totalsOf: (id) => usage.sums.of(id),
      nowMs: parts.clock.now().wall,
      ownCpuSeconds: (user + system) / 1e6,
      nodeVersion: process.version,
    };
  };
}
