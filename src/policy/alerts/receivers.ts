import type { RefusedReceiver } from '../../protocol/alert-delivery.ts';
import { REFUSED_RETRY_MS, delayOf } from './delivery.ts';

/** A receiver of mail that a server refuses. Other receivers are not affected. */
export interface RefusedHealth {
  /** Consecutive refusals. */
  readonly failures: number;
  /** Monotonic clock, in ms. */
  readonly notBefore: number;
  /** Wall clock, in ms. */
  readonly since: number;
  /** The last answer of the server. */
  readonly answer: string;
}

/** The refused receivers by address; all others are accepted. */
export type RefusedReceivers = ReadonlyMap<string, RefusedHealth>;

/** The same moment by both clocks, in ms. */
export interface Moment {
  readonly wall: number;
  readonly mono: number;
}

/** Returns the refused receivers after an attempt in which the server answered for each of them. */
export function afterAnswers(
  receivers: RefusedReceivers,
  accepted: readonly string[],
  refused: readonly RefusedReceiver[],
  now: Moment,
): RefusedReceivers {
  const next = new Map(receivers);
  for (const address of accepted) next.delete(address);
  for (const { address, answer } of refused) {
    const before = next.get(address);
    const failures = (before?.failures ?? 0) + 1;
    const notBefore = now.mono + delayOf(REFUSED_RETRY_MS, failures);
    next.set(address, { failures, notBefore, since: before?.since ?? now.wall, answer });
  }
  return next;
}

/** Returns the receivers that are not due for another attempt. */
export function restingReceivers(receivers: RefusedReceivers, nowMono: number): string[] {
  return [...receivers].flatMap(([address, { notBefore }]) => (notBefore > nowMono ? [address] : []));
}

/** Returns when a message to some receivers is due: once one of them is. */
export function receiversDueAt(receivers: RefusedReceivers, addresses: readonly string[]): number {
  if (addresses.length === 0) return 0;
  return Math.min(...addresses.map((address) => receivers.get(address)?.notBefore ?? 0));
}
