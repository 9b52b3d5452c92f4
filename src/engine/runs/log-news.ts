import type { Exits } from './exits.ts';
import type { LogGap, LogTransportListener, ProgramNotice } from '../logs/files/log-transport.ts';
import type { Records } from '../records/records.ts';

interface NewsReaders {
  readonly exits: Pick<Exits, 'onWitnessed'>;
  readonly notices: { take(notice: ProgramNotice): void };
  readonly records: Pick<Records, 'record' | 'announce' | 'commit'>;
}

/** Returns the listener through which the log transport reports to the engine. */
export function logNewsFor({ exits, notices, records }: NewsReaders): LogTransportListener {
  return {
    onNotice: (notice) => notices.take(notice),
    onExit: (exit) => exits.onWitnessed(exit),
    onGap: (gap) => {
      const { id, lines, bytes } = gap;
      records.record({ kind: 'log-gap', process: id, pid: null, reason: describeGap(gap), data: { lines, bytes } });
      records.commit();
    },
    onTrouble: (message) => records.announce('engine-degraded', message),
  };
}

function describeGap({ lines, bytes, reason, toWall }: LogGap): string {
  if (lines === null) return `log lines may be missing: ${reason}`;
  if (toWall === null) return `log lines cannot be written: ${reason}`;
  return `${String(lines)} log lines (${String(bytes)} bytes) were not written: ${reason}`;
}
