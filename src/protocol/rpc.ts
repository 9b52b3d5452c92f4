import { type ErrorCode, HealerError, isErrorCode } from './errors.ts';

/** JSON-RPC 2.0 (https://www.jsonrpc.org/specification), one message per line. Batches are not used. */
export type RequestId = number | string;

export interface RpcRequest {
  readonly jsonrpc: '2.0';
  readonly id: RequestId;
  readonly method: string;
  readonly params?: unknown;
}

export interface RpcNotification {
  readonly jsonrpc: '2.0';
  readonly method: string;
  readonly params: unknown;
}

export interface RpcFailure {
  readonly code: number;
  readonly message: string;
  /** The code and data of the HealerError; absent for errors of JSON-RPC itself. */
  readonly data?: { readonly code: ErrorCode } & Readonly<Record<string, unknown>>;
}

export type RpcResponse =
  | { readonly jsonrpc: '2.0'; readonly id: RequestId | null; readonly result: unknown }
  | { readonly jsonrpc: '2.0'; readonly id: RequestId | null; readonly error: RpcFailure };

/** The codes that JSON-RPC reserves; all errors of healer use `application`. */
export const RPC_CODES = {
  parse: -32_700,
  invalidRequest: -32_600,
  methodNotFound: -32_601,
  invalidParams: -32_602,
  application: -32_000,
} as const;

/** Converts an error for the wire. Its code goes into the data, since JSON-RPC codes are numbers. */
export function failureOf(error: HealerError, code: number = RPC_CODES.application): RpcFailure {
  return { code, message: error.message, data: { ...error.data, code: error.code } };
}

/** Converts a received failure back into an error. */
export function errorOf(failure: RpcFailure): HealerError {
  const { code, ...facts } = failure.data ?? { code: 'INTERNAL' };
  return new HealerError(isErrorCode(code) ? code : 'INTERNAL', failure.message, facts);
}

/** Returns whether a value is an object as in JSON: neither an array nor null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
