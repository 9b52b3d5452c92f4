import type { LogLine } from '../../../protocol/log-line.ts';

/** The first word of a mark, in the place where records of output name their stream: no program can print one. */
const WRITER = 'healer';
const FULL = 'F';
const MARK = /^run (\d{1,15}) (started|continues)(?: |$)/;

/** Maximum length of a mark with its time and newline. */
export const MARK_BYTES = 100;

/** Which run printed the records after a mark. */
export interface RunMark {
  readonly kind: 'started' | 'continues';
  readonly run: number;
  /** The main process at the start of the run. */
  readonly pid: number;
}

/** Returns a mark, e.g. `2026-11-21T09:34:10.123Z healer F run 7 started (pid 4711)`; without a time if it is null. */
export function formatMark({ kind, run, pid }: RunMark, timeMs: number | null): string {
  const origin = timeMs === null ? WRITER : `${new Date(timeMs).toISOString()} ${WRITER}`;
  return `${origin} ${FULL} run ${String(run)} ${kind}${kind === 'started' ? ` (pid ${String(pid)})` : ''}\n`;
}

const HEAD = Buffer.from(`${WRITER} ${FULL} `);
const SPACE = 0x20;

/** Returns whether the bytes of a record may be a mark, without decoding them. */
export function isMarkRecord(record: Buffer): boolean {
  const start = record[0] === HEAD[0] ? 0 : record.indexOf(SPACE) + 1;
  return record.length >= start + HEAD.length && record.compare(HEAD, 0, HEAD.length, start, start + HEAD.length) === 0;
}

/** Parses the part of a record after its time. Returns null if it is not a mark. */
export function parseMark(record: string, at: number, time: string | null): LogLine | null {
  if (!record.startsWith(`${WRITER} ${FULL} `, at)) return null;
  const text = record.slice(at + WRITER.length + FULL.length + 2);
  const [, run, kind] = MARK.exec(text) ?? [];
  if (run === undefined) return null;
  return {
    ...{ time, stream: 'stderr', text, partial: false },
    ...{ run: Number(run), mark: kind === 'started' ? 'started' : 'continued' },
  };
}
