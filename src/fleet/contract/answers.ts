import type { LogLine } from '../../protocol/log-line.ts';
import { isRecord, type RpcFailure } from '../../protocol/rpc.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { SnapshotMessage } from '../../protocol/snapshot.ts';
import type { EngineEvent } from '../../protocol/engine-event.ts';
import { ANSWER_BYTES } from './subjects.ts';

/** The answer of a host to a request. */
export type HostAnswer =
  | {
      readonly result: unknown;
      /** True if the list contains only as many items as the bus carries. */
      readonly cut?: boolean;
    }
  | { readonly error: RpcFailure }
  /** The command still runs: repeat the request to get its answer. */
  | { readonly pending: true };

/** Where in the order of its changes a live table belongs. */
export interface LiveRevision {
  /** Changes if the agent restarts or starts to follow the engine again; revisions of different epochs cannot be compared. */
  readonly epoch: string;
  readonly rev: number;
}

/** The answer to `subscribeSnapshot`: a page of the live table. A renewal is answered with its revision alone. */
export interface LiveTable extends LiveRevision {
  readonly status: SnapshotMessage['status'];
  readonly rows: SnapshotMessage['rows'];
  /** Whether more rows follow the last one; ask with `afterId`. */
  readonly more: boolean;
}

/** A change of the live table of a host. Its revision is one more than that of the previous change. */
export interface LiveChange extends LiveRevision {
  readonly change: SnapshotMessage;
}

/** The answer to `subscribeEvents`: events after a number, or none if there were none for a while. */
export interface EventPage {
  readonly events: readonly EngineEvent[];
  readonly missed: number;
  /** The number to ask with next. */
  readonly afterSeq: number;
}

/** The answer to `subscribeLog`. */
export interface LogPage {
  readonly lines: readonly LogLine[];
  readonly skipped: number;
  readonly truncated?: boolean;
  readonly cursor: string;
  readonly ended?: boolean;
}

const encoder = new TextEncoder();

/** Encodes an answer. One that is too large becomes an error. */
export function encodeAnswer(answer: HostAnswer): Uint8Array {
  const bytes = encoder.encode(JSON.stringify(answer));
  if (bytes.length <= ANSWER_BYTES) return bytes;
  const message = `the answer has ${String(bytes.length)} bytes, more than the ${String(ANSWER_BYTES)} that the bus carries; ask for less`;
  return encodeAnswer({ error: { code: -32_000, message, data: { code: 'TOO_LARGE' } } });
}

/** Decodes an answer of a host, which may send anything. @throws HealerError INTERNAL if it is not an answer */
export function decodeAnswer(bytes: Uint8Array): HostAnswer {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    value = null;
  }
  if (isRecord(value)) {
    if (value['pending'] === true) return { pending: true };
    const { error } = value;
    if (isRecord(error) && typeof error['message'] === 'string') return { error: error as unknown as RpcFailure };
    if ('result' in value) return { result: value['result'], cut: value['cut'] === true };
  }
  throw new HealerError('INTERNAL', 'the host sent something that is not an answer');
}
