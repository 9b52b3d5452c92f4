import { sanitizeText } from '../../base/sanitize-text.ts';
import type { EngineEvent } from '../../protocol/engine-event.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { LogLine } from '../../protocol/log-line.ts';
import type { EngineStatus, SnapshotMessage, SnapshotRow } from '../../protocol/snapshot.ts';
import { TUI_LIMITS } from '../limits.ts';

/*
 * Text that programs and people chose is made safe once, where it comes in; all that is drawn later can trust it.
 */

export function sanitizeError({ code, message, data }: HealerError): HealerError {
  return new HealerError(code, sanitizeText(message), data);
}

export function sanitizeSnapshot(message: SnapshotMessage): SnapshotMessage {
  return { ...message, status: sanitizeStatus(message.status), rows: message.rows.map(sanitizeRow) };
}

function sanitizeStatus(status: EngineStatus): EngineStatus {
  const host = { ...status.host, hostname: sanitizeText(status.host.hostname) };
  const { problem } = status.alerts;
  const alerts = { ...status.alerts, problem: problem === null ? null : sanitizeText(problem) };
  return { ...status, host, alerts, degraded: status.degraded.map(sanitizeText) };
}

function sanitizeRow(row: SnapshotRow): SnapshotRow {
  const lastExit = row.lastExit === null ? null : { ...row.lastExit, reason: sanitizeText(row.lastExit.reason) };
  return {
    ...row,
    name: sanitizeText(row.name),
    source: sanitizeText(row.source),
    why: sanitizeText(row.why),
    lastExit,
  };
}

export function sanitizeEvents(events: readonly EngineEvent[]): readonly EngineEvent[] {
  return events.map((event) => ({ ...event, reason: sanitizeText(event.reason) }));
}

export function sanitizeLines(lines: readonly LogLine[]): readonly LogLine[] {
  return lines.map((line) => ({ ...line, text: sanitizeText(line.text.slice(0, TUI_LIMITS.logLineChars)) }));
}
