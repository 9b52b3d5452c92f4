import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { HealerError, toHealerError } from '../../protocol/errors.ts';
import { failureOf } from '../../protocol/rpc.ts';
import type { HostAnswer } from '../contract/answers.ts';
import { type CommandLedger, TOO_LONG_TO_KEEP } from './command-ledger.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** A request is answered after this time even if its command still runs, so that its caller knows that the host is there. */
const PENDING_MS = 8_000;
/** Later deadlines are refused: a command is remembered at least until its deadline. */
const MAX_DEADLINE_MS = 15 * 60_000;
const MAX_COMMANDS = 10_000;

/** A request that changes something. */
export interface CommandRequest {
  /** The header that names the operation; null if it is missing. */
  readonly operation: string | null;
  /** The header with the deadline in hub time; null if it is missing. */
  readonly deadline: string | null;
  readonly method: string;
  readonly caller: string;
  readonly body: Uint8Array;
}

/** Performs each command once: repeated requests get the first answer, and late ones are refused. */
export class CommandRunner {
  readonly #ledger: CommandLedger;
  readonly #hubNow: () => Promise<number>;
  readonly #pendingMs: number;
  readonly #running = new Map<string, Promise<HostAnswer>>();

  /**
   * @param hubNow resolves to the time of the hub in ms since 1970
   * @param pendingMs when a request is answered although its command still runs
   */
  constructor(ledger: CommandLedger, hubNow: () => Promise<number>, pendingMs = PENDING_MS) {
    this.#ledger = ledger;
    this.#hubNow = hubNow;
    this.#pendingMs = pendingMs;
  }

  /**
   * Performs a command, unless it was performed or is being performed.
   * @throws HealerError TIMEOUT for a late request, OUTCOME_UNKNOWN, INVALID_CONFIG, TOO_MANY_REQUESTS, or IO_ERROR if the
   *   command cannot be recorded
   */
  async perform(request: CommandRequest, work: () => Promise<HostAnswer>): Promise<HostAnswer> {
    const { operation, deadline } = validHeaders(request);
    const identity = identityOf(request);
    const hubNow = await this.#hubNow();
    const known = this.#ledger.find(operation);
    if (known !== null) {
      if (known.request !== identity) throw reused(operation);
      const running = this.#running.get(operation);
      if (running !== undefined) return answerSoon(running, this.#pendingMs);
      return answerFromLedger(known.answer);
    }
    const lateMs = hubNow - deadline;
    if (lateMs > 0) throw late(lateMs);
    if (-lateMs > MAX_DEADLINE_MS) throw tooFar();
    if (this.#ledger.size >= MAX_COMMANDS)
      throw new HealerError('TOO_MANY_REQUESTS', 'too many commands are under way');
    const running = this.#run({ operation, request: identity, deadline }, hubNow, work);
    this.#running.set(operation, running);
    running.finally(() => this.#running.delete(operation)).catch(() => undefined);
    return answerSoon(running, this.#pendingMs);
  }

  async #run(
    command: { readonly operation: string; readonly request: string; readonly deadline: number },
    hubNow: number,
    work: () => Promise<HostAnswer>,
  ): Promise<HostAnswer> {
    await this.#ledger.begin(command, hubNow).catch((cause: unknown) => {
      const { message } = toHealerError(cause);
      const text = `the host cannot record the command, so it was not performed: ${message}`;
      throw new HealerError('IO_ERROR', text, {}, { cause });
    });
    const answer = await work().catch((error: unknown): HostAnswer => ({ error: failureOf(toHealerError(error)) }));
    // Without this record, a repeated request after a kill of the agent is answered with OUTCOME_UNKNOWN.
    await this.#ledger.end(command.operation, JSON.stringify(answer)).catch(() => undefined);
    return answer;
  }
}

async function answerSoon(running: Promise<HostAnswer>, pendingMs: number): Promise<HostAnswer> {
  const ending = new AbortController();
  const pending = wait(pendingMs, { pending: true } as const, { signal: ending.signal });
  pending.catch(() => undefined);
  try {
    return await Promise.race([running, pending]);
  } finally {
    ending.abort();
  }
}

function answerFromLedger(answer: string | null): HostAnswer {
  if (answer === null) {
    const message = 'the fleet agent was killed while it performed this command: see the events of the host';
    throw new HealerError('OUTCOME_UNKNOWN', message);
  }
  if (answer === TOO_LONG_TO_KEEP) {
    throw new HealerError('OUTCOME_UNKNOWN', 'the command ended, and its answer was too long to keep');
  }
  return JSON.parse(answer) as HostAnswer;
}

function identityOf({ method, caller, body }: CommandRequest): string {
  return `${method} ${caller} ${createHash('sha256').update(body).digest('base64url')}`;
}

function validHeaders({ operation, deadline }: CommandRequest): { operation: string; deadline: number } {
  if (operation === null || !UUID.test(operation)) {
    throw new HealerError('INVALID_CONFIG', 'a request that changes something needs the header Healer-Op with a UUID');
  }
  if (deadline === null || !/^\d{1,15}$/.test(deadline)) {
    const message = 'a request that changes something needs the header Healer-Deadline, in ms since 1970';
    throw new HealerError('INVALID_CONFIG', message);
  }
  return { operation: operation.toLowerCase(), deadline: Number(deadline) };
}

function late(lateMs: number): HealerError {
  const message = `the command arrived ${(lateMs / 1000).toFixed(1)} s after its deadline, so it was not performed`;
  return new HealerError('TIMEOUT', message, { late: true, lateMs: Math.round(lateMs) });
}

function tooFar(): HealerError {
  const minutes = String(MAX_DEADLINE_MS / 60_000);
  return new HealerError('INVALID_CONFIG', `the deadline of a command may be at most ${minutes} min ahead`);
}

function reused(operation: string): HealerError {
  return new HealerError('INVALID_CONFIG', `the operation ${operation} was another request: use a new UUID`);
}
