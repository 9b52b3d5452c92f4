import type { FigureFacts } from '../../policy/figures.ts';
import type { RunningEngine } from '../assembly/running-engine.ts';
import type { ServedEngine } from '../access/served-engine.ts';

/** What figures are made of, as it is when it is asked for. */
export function metricsSourceOf(running: RunningEngine, engine: ServedEngine): () => FigureFacts {
  return () => {
    const { user, system } = process.cpuUsage();
    return {
      status: running.status.read(),
      rows: engine.ids().flatMap((id) => engine.row(id) ?? []),
      totalsOf: (id) => running.observation.sums.of(id),
      nowMs: running.parts.clock.now().wall,
      ownCpuSeconds: (user + system) / 1e6,
      nodeVersion: process.version,
    };
  };
}
