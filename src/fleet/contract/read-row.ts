import { PROCESS_ID_PATTERN } from '../../protocol/process-id.ts';
import { PROCESS_STATES, type ProcessStateName } from '../../protocol/process-state.ts';
import * as from from './fields.ts';
import type { Fields, Reading } from './fields.ts';
import { MAX_WHY, MAX_WORST, ROW_BYTES, type FleetRow, type StateCounts, type WorstProgram } from './row.ts';

/** 2200-01-01. */
export const MAX_TIME = 7_258_118_400_000;
export const EPOCH = /^[0-9a-f]{4,32}$/;
export const VERSION = /^[0-9A-Za-z.+-]{1,32}$/;
export const REVISION = /^[0-9A-Za-z._-]{1,32}$/;
export const MAX_PROTOCOL = 1_000_000;

const MAX_PROGRAMS = 1_000_000;
const MAX_STATES = 32;
const MAX_CPU = 1_000_000;
const MAX_SKEW_MS = 1e12;

/** Where a message came from, as its subject says. */
export interface Sender {
  readonly site: string;
  readonly host: string;
}

/** What changes with every row: its number and its time. */
const STAMP = /"seq":(\d{1,15}),"at":(\d{1,15})/;

/** A row, and its text without number and time, which stays the same as long as nothing changes on the host. */
export interface ReadRow {
  readonly row: FleetRow;
  readonly content: string;
}

/**
 * Reads a row of a host whose last row is known. A row that repeats the last one is not parsed again: a thousand quiet hosts
 * send two hundred per second to every screen.
 * @param last null if no row of the host is known
 */
export function readNextRow(sender: Sender, bytes: Uint8Array, last: ReadRow | null): Reading<ReadRow> {
  const text = bytes.length > ROW_BYTES ? '' : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
  const [stamp, seq, at] = STAMP.exec(text) ?? [];
  const content = stamp === undefined ? text : text.replace(stamp, '');
  if (last?.content === content && stamp !== undefined && Number(at) <= MAX_TIME)
    return { value: { row: { ...last.row, seq: Number(seq), at: Number(at) }, content } };
  const reading = readRow(sender, bytes);
  return 'problem' in reading ? reading : { value: { row: reading.value, content } };
}

/**
 * Reads a row from a host that may lie. A row that names another host, is too large, or has an invalid field is refused.
 * Texts are made safe to print, and unknown fields are ignored, because later versions may add some.
 */
export function readRow(sender: Sender, bytes: Uint8Array): Reading<FleetRow> {
  return from.readObject(bytes, ROW_BYTES, 'the row', (fields) => rowOf(sender, fields));
}

function rowOf({ site, host }: Sender, fields: Fields): FleetRow {
  if (fields['host'] !== host) from.refuse('host');
  const { counts, programs } = countsOf(fields);
  const [engineCpu, engineMemory] = from.arrayField(fields, 'own', 2);
  return {
    site,
    host,
    epoch: from.nameField(fields, 'epoch', EPOCH),
    seq: from.requiredCount(fields, 'seq', Number.MAX_SAFE_INTEGER),
    at: from.requiredCount(fields, 'at', MAX_TIME),
    engine: from.flagField(fields, 'away') ? 'away' : 'up',
    counts,
    programs,
    unhealthy: from.countField(fields, 'sick', MAX_PROGRAMS, 0),
    worst: from.arrayField(fields, 'worst', MAX_WORST).flatMap((each) => worstOf(each) ?? []),
    cpuPercent: from.figureField(fields, 'cpu', 100),
    memoryPercent: from.figureField(fields, 'mem', 100),
    load: from.figureField(fields, 'load', 1_000_000),
    lastEventSeq: from.countField(fields, 'ev', Number.MAX_SAFE_INTEGER, null),
    version: from.nameField(fields, 'ver', VERSION),
    protocol: from.requiredCount(fields, 'proto', MAX_PROTOCOL),
    engineCpuPercent: from.figure(engineCpu, 'own', MAX_CPU),
    engineMemoryMb: from.figure(engineMemory, 'own', Number.MAX_SAFE_INTEGER),
    degraded: from.countField(fields, 'degraded', 1000, 0),
    skewMs: from.figure(fields['skew'], 'skew', MAX_SKEW_MS, -MAX_SKEW_MS),
    collision: from.flagField(fields, 'collision'),
    revision: fields['rev'] === undefined ? null : from.nameField(fields, 'rev', REVISION),
    bye: from.flagField(fields, 'bye'),
  };
}

/** Programs in states that a later version has are counted, but not by state. */
function countsOf(fields: Fields): { readonly counts: StateCounts; readonly programs: number } {
  const counts: Partial<Record<ProcessStateName, number>> = {};
  let programs = 0;
  for (const [name, count] of from.entriesField(fields, 'counts', MAX_STATES)) {
    if (!from.isCount(count, MAX_PROGRAMS)) return from.refuse('counts');
    programs += count;
    const state = PROCESS_STATES.find((known) => known === name);
    if (state !== undefined && count > 0) counts[state] = count;
  }
  return { counts, programs };
}

/** Null for a program in a state that a later version has. */
function worstOf(value: unknown): WorstProgram | null {
  const fields = from.objectOf(value, 'worst');
  const id = from.nameField(fields, 'id', PROCESS_ID_PATTERN);
  const state = from.knownWordField(fields, 'state', PROCESS_STATES);
  if (state === null) return null;
  return {
    id,
    state,
    unhealthy: from.flagField(fields, 'sick'),
    until: from.countField(fields, 'until', MAX_TIME, null),
    why: from.textField(fields, 'why', MAX_WHY, null),
  };
}
