import { OpenText } from '../../base/open-text.ts';
import { sanitizeText } from '../../base/sanitize-text.ts';
import { parseStyledText } from '../../base/styled-text.ts';
import type { EngineEvent } from '../../protocol/engine-event.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { LogLine } from '../../protocol/log-line.ts';
import type { AnomalyRecord } from '../../protocol/results/anomaly-record.ts';
import type { ProcessDetails, TreeMember } from '../../protocol/results/process-details.ts';
import type { SignalResult } from '../../protocol/results/signal-result.ts';
import type { Suggestion } from '../../protocol/results/suggestions.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { EngineStatus, SnapshotMessage, SnapshotRow } from '../../protocol/snapshot.ts';
import { PAINTED_ROW } from '../terminal/painted-rows.ts';
import { TUI_LIMITS } from '../style/tui-limits.ts';
import type { CleanLine } from '../state/log-view.ts';
import type { ZombieView } from '../../protocol/results/zombie-view.ts';

/*
 * Text that programs and people chose is made safe once, where it comes in, so that everything else can trust it.
 */

/** Sanitizes an error, whose message may quote names and output of programs. */
export function sanitizeError({ code, message, data }: HealerError): HealerError {
  return new HealerError(code, sanitizeText(message), data);
}

/** Sanitizes a snapshot: removes everything that a terminal would interpret. */
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
    groups: groupsOf(row),
    source: sanitizeText(row.source),
    why: sanitizeText(row.why),
    ...(row.stated === undefined ? {} : { stated: sanitizeText(row.stated) }),
    lastExit,
  };
}

/** Sanitizes events, whose reasons may quote commands and output. */
export function sanitizeEvents(events: readonly EngineEvent[]): readonly EngineEvent[] {
  return events.map((event) => ({ ...event, reason: sanitizeText(event.reason) }));
}

/** Sanitizes anomalies, whose evidence may quote names. */
export function sanitizeAnomalies(anomalies: readonly AnomalyRecord[]): readonly AnomalyRecord[] {
  return anomalies.map((anomaly) => ({ ...anomaly, evidence: sanitizeText(anomaly.evidence) }));
}

/** Sanitizes suggestions, whose reasons may quote names. */
export function sanitizeSuggestions(suggestions: readonly Suggestion[]): readonly Suggestion[] {
  return suggestions.map((suggestion) => ({ ...suggestion, reason: sanitizeText(suggestion.reason) }));
}

/** Sanitizes zombies, because processes choose their own names. */
export function sanitizeZombies(zombies: readonly ZombieView[]): readonly ZombieView[] {
  return zombies.map((zombie) => ({
    ...zombie,
    name: sanitizeText(zombie.name),
    parentName: sanitizeText(zombie.parentName),
    untouched: zombie.untouched === null ? null : sanitizeText(zombie.untouched),
  }));
}

/** Sanitizes the details that the screen shows; the row and the events are sanitized in their own streams. */
export function sanitizeDetails(details: ProcessDetails): ProcessDetails {
  const { spec, health } = details;
  return {
    ...details,
    spec: sanitizeSpec(spec),
    tree: details.tree.map(sanitizeMember),
    logPath: sanitizeText(details.logPath),
    health:
      health === null
        ? null
        : {
            ...health,
            asked: sanitizeText(health.asked),
            results: health.results.map((result) => ({ ...result, answer: sanitizeText(result.answer) })),
          },
  };
}

/** Returns the result of a signal with its texts fit for the screen. */
export function sanitizeSignal(result: SignalResult): SignalResult {
  return { ...result, command: sanitizeText(result.command) };
}

function sanitizeMember({ command, ...member }: TreeMember): TreeMember {
  const name = sanitizeText(member.name);
  return { ...member, name, ...(command === undefined ? {} : { command: sanitizeText(command) }) };
}

function sanitizeSpec(spec: ProcessSpec): ProcessSpec {
  return {
    ...spec,
    groups: groupsOf(spec),
    command: sanitizeText(spec.command),
    args: spec.args.map(sanitizeText),
    cwd: spec.cwd === null ? null : sanitizeText(spec.cwd),
  };
}

/** An engine of an earlier version knows no groups. */
function groupsOf({ groups }: { readonly groups?: readonly string[] }): string[] {
  return (groups ?? []).map(sanitizeText);
}

/** Sanitizes output: only its colors are kept. */
export function sanitizeLines(lines: readonly LogLine[]): readonly CleanLine[] {
  return lines.map((line) => cleanLine(line, line.text));
}

/** Lines that are safe to show; the first one may be the whole of a line that was not finished. */
interface CleanOutput {
  readonly lines: readonly CleanLine[];
  readonly continues: boolean;
}

/** Creates a function that joins the records of unfinished and long lines, and sanitizes them. */
export function createOutputCleaner(): (records: readonly LogLine[]) => CleanOutput {
  const open = new Map<LogLine['stream'], OpenText>();
  return (records) => {
    const lines: CleanLine[] = [];
    let continues = false;
    for (const record of records) {
      const start = open.get(record.stream);
      const text = start ?? new OpenText();
      const line = cleanLine(record, text.add(record.text));
      const own =
        start === undefined ? -1 : lines.findLastIndex(({ stream, partial }) => partial && stream === record.stream);
      if (own !== -1) lines[own] = { ...line, time: lines[own]?.time ?? null };
      else if (start !== undefined && lines.length === 0) {
        continues = true;
        lines.push(line);
      } else lines.push(line);
      if (record.partial) open.set(record.stream, text);
      else open.delete(record.stream);
    }
    return { lines, continues };
  };
}

// eslint-disable-next-line no-control-regex -- escape sequences are ASCII
const ASCII = /^[\x00-\x7f]*$/;

function cleanLine(record: LogLine, text: string): CleanLine {
  const limit = ASCII.test(text) ? TUI_LIMITS.logAsciiLineChars : TUI_LIMITS.logLineChars;
  const cut = text.length - limit;
  const mark = `\x1b[0m [${String(cut)} more characters: see the log file]`;
  const kept = withoutMark(cut > 0 ? text.slice(0, limit) + mark : text);
  return { ...record, ...parseStyledText(kept) };
}

/** The mark of painted rows is the only icon that output may not contain. */
function withoutMark(text: string): string {
  return text.includes(PAINTED_ROW) ? text.replaceAll(PAINTED_ROW, '\ufffd') : text;
}
