import { parseJsonObject } from '../../../base/parse-json-object.ts';
import type { ProcessIdentity } from '../../../base/process-identity.ts';
import type { RunRef } from '../../../protocol/run.ts';
import type { FollowRequest, LogGap, LogNote, LogSettings, ProgramNotice, WitnessedExit } from './log-transport.ts';

/** Changes whenever messages change: an engine replaces a log collector of another version. */
export const COLLECTOR_VERSION = 6;

/** A command from the engine to the log collector. One message is one line of JSON. */
export type CollectorCommand =
  | (ProcessIdentity & { readonly kind: 'attach' })
  | { readonly kind: 'detach' }
  | (FollowRequest & {
      readonly kind: 'follow';
      readonly logDir: string;
      /** Why output of the run was lost before; absent if none was. */
      readonly lost?: string;
    })
  | (RunRef & { readonly kind: 'ended' })
  /** The event about a gap that ended is on disk. */
  | (RunRef & { readonly kind: 'gapRecorded'; readonly fromWall: number })
  /** Write these lines into the log of a run, which need not be followed. */
  | (LogNote & { readonly kind: 'note'; readonly logDir: string })
  | { readonly kind: 'settings'; readonly id: string; readonly log: LogSettings }
  /** Listen in another folder: the runtime folder was removed, or the next engine uses a different one. */
  | { readonly kind: 'move'; readonly runtimeDir: string; readonly pipesDir: string }
  /** Accept sockets to hold. */
  | { readonly kind: 'openHandoff' }
  /** Create the locks that were removed. */
  | { readonly kind: 'restoreLocks' }
  /** Drain all pipes and exit; the next log collector follows the running programs. */
  | { readonly kind: 'quit' };

export type NoteCommand = Extract<CollectorCommand, { kind: 'note' }>;
export type FollowCommand = Extract<CollectorCommand, { kind: 'follow' }>;

/** A report from the log collector to the engine. */
export type CollectorReport =
  | {
      readonly kind: 'attached';
      /** The engine that attached: earlier reports in the pipe were meant for another engine. */
      readonly pid: number;
      readonly version: number;
      readonly runs: readonly RunRef[];
      readonly exits: readonly WitnessedExit[];
    }
  | (RunRef & { readonly kind: 'following' })
  /** All output up to the exit is in the log. */
  | (RunRef & { readonly kind: 'drained' })
  /** No process can write to the pipes, and they were removed. */
  | (RunRef & { readonly kind: 'released' })
  | { readonly kind: 'exited'; readonly exit: WitnessedExit }
  | { readonly kind: 'gap'; readonly gap: LogGap }
  /** Sockets to hold are accepted. */
  | { readonly kind: 'handoffOpen' }
  | { readonly kind: 'noticed'; readonly notice: ProgramNotice }
  | { readonly kind: 'trouble'; readonly message: string };

type FieldType = 'string' | 'number' | 'object' | 'number or null' | 'object or null';

/** The required fields of each command. */
const COMMAND_FIELDS: Readonly<Record<CollectorCommand['kind'], Readonly<Record<string, FieldType>>>> = {
  attach: { pid: 'number', startTicks: 'number or null' },
  detach: {},
  follow: {
    id: 'string',
    run: 'number',
    pid: 'number',
    startTicks: 'number or null',
    pipes: 'object or null',
    log: 'object',
    logDir: 'string',
  },
  ended: { id: 'string', run: 'number' },
  gapRecorded: { id: 'string', run: 'number', fromWall: 'number' },
  note: { id: 'string', run: 'number', log: 'object', logDir: 'string', stream: 'string', text: 'string' },
  settings: { id: 'string', log: 'object' },
  move: { runtimeDir: 'string', pipesDir: 'string' },
  openHandoff: {},
  restoreLocks: {},
  quit: {},
};

const REPORT_FIELDS: Readonly<Record<CollectorReport['kind'], Readonly<Record<string, FieldType>>>> = {
  attached: { pid: 'number', version: 'number', runs: 'object', exits: 'object' },
  following: { id: 'string', run: 'number' },
  drained: { id: 'string', run: 'number' },
  released: { id: 'string', run: 'number' },
  exited: { exit: 'object' },
  gap: { gap: 'object' },
  handoffOpen: {},
  noticed: { notice: 'object' },
  trouble: { message: 'string' },
};

/** Returns null for anything else, such as the rest of a message whose beginning was read by another process. */
export function parseCommand(line: string): CollectorCommand | null {
  return parseMessage(line, COMMAND_FIELDS) as CollectorCommand | null;
}

export function parseReport(line: string): CollectorReport | null {
  return parseMessage(line, REPORT_FIELDS) as CollectorReport | null;
}

function parseMessage(line: string, table: Readonly<Record<string, Readonly<Record<string, FieldType>>>>): unknown {
  const message = parseJsonObject(line);
  const kind = message?.['kind'];
  if (message === null || typeof kind !== 'string' || !Object.hasOwn(table, kind)) return null;
  const isWhole = Object.entries(table[kind] ?? {}).every(([field, type]) => isOfType(message[field], type));
  return isWhole ? message : null;
}

function isOfType(value: unknown, type: FieldType): boolean {
  if (type === 'object or null') return typeof value === 'object';
  if (type === 'number or null') return value === null || typeof value === 'number';
  return typeof value === type && value !== null;
}
