import { type ErrorCode, HealerError, isErrorCode } from './errors.ts';

/** JSON-RPC 2.0 (https://www.jsonrpc.org/specification), one message a line. Batches are not used. */
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
  /** The HealerError's code with its facts; absent on errors of JSON-RPC itself. */
  readonly data?: { readonly code: ErrorCode } & Readonly<Record<string, unknown>>;
}

export type RpcResponse =
  | { readonly jsonrpc: '2.0'; readonly id: RequestId | null; readonly result: unknown }
  | { readonly jsonrpc: '2.0'; readonly id: RequestId | null; readonly error: RpcFailure };

/** The numbers that JSON-RPC reserves; healer's own errors all travel as `application`. */
export const RPC_CODES = {
  parse: -32_700,
  invalidRequest: -32_600,
  methodNotFound: -32_601,
  invalidParams: -32_602,
  application: -32_000,
} as const;

/** An error as it goes over the wire; our own code stands in its data, where JSON-RPC has only numbers. */
export function failureOf(error: HealerError, code: number = RPC_CODES.application): RpcFailure {
  return { code, message: error.message, data: { ...error.data, code: error.code } };
}

/** The inverse of `failureOf`: what a client throws. */
export function errorOf(failure: RpcFailure): HealerError {
  const { code, ...facts } = failure.data ?? { code: 'INTERNAL' };
  return new HealerError(isErrorCode(code) ? code : 'INTERNAL', failure.message, facts);
}

/** An object with fields, as JSON has them: no list, no null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
