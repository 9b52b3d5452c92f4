import { randomUUID } from 'node:crypto';
import { errors, headers as createHeaders, type Msg } from '@nats-io/nats-core';
import { messageOf } from '../../base/thrown.ts';
import { HealerError } from '../../protocol/errors.ts';
import { accessOf } from '../../protocol/methods/method-access.ts';
import { isSelectedOperation } from '../../protocol/operations.ts';
import { errorOf, isRecord } from '../../protocol/rpc.ts';
import type { Bus } from '../bus/connect-bus.ts';
import type { HubTime } from '../bus/hub-time.ts';
import { decodeAnswer, type HostAnswer } from '../contract/answers.ts';
import type { NamedHost } from '../contract/outcomes.ts';
import { HEADERS, rpcSubject } from '../contract/subjects.ts';
import { explainAbsence, explainForbidden } from './explain-refusal.ts';

/** Hosts answer at least every 8 s, also while a command still runs. */
const ANSWER_MS = 10_000;
/** A command that has not begun after this time is refused by its host. */
const DEADLINE_MS = 10_000;
/** How long the answer to a command that may have begun is asked for again. */
const ASK_AGAIN_MS = 20_000;
const RETRY_MS = 500;
const ABSENT_RETRIES = 2;

/** Who calls which hosts. */
export interface CallerOptions {
  readonly bus: Pick<Bus, 'nats' | 'credential'>;
  /** The time of the hub. */
  readonly hubTime: Pick<HubTime, 'now'>;
  /** What is known about when a host was last there, as in "lost for 2 min"; null if nothing is. */
  readonly absenceOf?: (target: NamedHost) => Promise<string | null>;
}

interface Attempt {
  readonly method: string;
  readonly subject: string;
  readonly target: NamedHost;
  readonly body: string;
  readonly signal: AbortSignal | undefined;
}

/** Calls methods of hosts over the bus. */
export class HostCaller {
  readonly #options: CallerOptions;

  constructor(options: CallerOptions) {
    this.#options = options;
  }

  /**
   * Calls a method of a host. A change carries an operation and a deadline: it is asked for again until its outcome is
   * known, and its host performs it at most once.
   * @throws HealerError of the host; ENGINE_NOT_RUNNING if the host is not there, FORBIDDEN without permission, TIMEOUT, or
   *   OUTCOME_UNKNOWN if the change may have been performed
   */
  async call(target: NamedHost, method: string, params: unknown, signal?: AbortSignal): Promise<HostAnswer> {
    signal?.throwIfAborted();
    const access = accessOf(method);
    const { name } = this.#options.bus.credential;
    const request = withVerb(method, params);
    const subject = rpcSubject(target.site, target.host, access, request.method, name);
    const attempt = { method: request.method, subject, target, body: JSON.stringify(request.params), signal };
    return access === 'read' ? this.#read(attempt) : this.#change(attempt);
  }

  async #read(attempt: Attempt): Promise<HostAnswer> {
    return answerIn(
      await this.#ask(attempt, undefined).catch(async (error: unknown) => {
        throw await this.#explain(error, attempt);
      }),
    );
  }

  async #change(attempt: Attempt): Promise<HostAnswer> {
    const { hubTime } = this.#options;
    const headers = createHeaders();
    headers.set(HEADERS.operation, randomUUID());
    headers.set(HEADERS.deadline, String(Math.round(hubTime.now()) + DEADLINE_MS));
    let mayHaveBegun = false;
    let askUntil = performance.now() + DEADLINE_MS + ASK_AGAIN_MS;
    for (;;) {
      try {
        const answer = decodeAnswer((await this.#ask(attempt, headers)).data);
        if (!('pending' in answer)) return resultOf(answer, mayHaveBegun);
        // The host is there and works: it is asked until the command ends.
        mayHaveBegun = true;
        askUntil = performance.now() + ASK_AGAIN_MS;
        continue;
      } catch (error) {
        attempt.signal?.throwIfAborted();
        if (error instanceof HealerError) throw error;
        const isAbsent = error instanceof errors.RequestError && error.isNoResponders();
        const isForbidden = isPermission(error);
        if (!mayHaveBegun && (isAbsent || isForbidden)) throw await this.#explain(error, attempt);
        // A request without responders was not received; any other may have arrived.
        if (!isAbsent) mayHaveBegun = true;
        if (performance.now() > askUntil) throw outcomeUnknown(attempt, error);
      }
      await pause(RETRY_MS, attempt.signal);
    }
  }

  /** An agent answers half a second after its first row, so a host without an answer is asked again. */
  async #ask(attempt: Attempt, headers: ReturnType<typeof createHeaders> | undefined): Promise<Msg> {
    for (let left = ABSENT_RETRIES; ; left--) {
      try {
        return await this.#askOnce(attempt, headers);
      } catch (error) {
        if (left === 0 || !(error instanceof errors.RequestError && error.isNoResponders())) throw error;
      }
      await pause(RETRY_MS, attempt.signal);
    }
  }

  async #askOnce(
    { subject, body, signal }: Attempt,
    headers: ReturnType<typeof createHeaders> | undefined,
  ): Promise<Msg> {
    const { nats } = this.#options.bus;
    if (nats.isClosed()) throw new HealerError('ENGINE_NOT_RUNNING', 'the connection to the hub was closed');
    const asked = nats.request(subject, body, {
      timeout: ANSWER_MS,
      ...(headers === undefined ? {} : { headers }),
    });
    if (signal === undefined) return asked;
    asked.catch(() => undefined);
    return Promise.race([asked, aborted(signal)]);
  }

  async #explain(error: unknown, { target, method, signal }: Attempt): Promise<HealerError> {
    signal?.throwIfAborted();
    if (error instanceof HealerError) return error;
    const { role, name } = this.#options.bus.credential;
    if (isPermission(error)) return explainForbidden(target, method, { role, name });
    if (error instanceof errors.RequestError && error.isNoResponders()) {
      return explainAbsence(target, (await this.#options.absenceOf?.(target)) ?? null);
    }
    const message = `"${target.host}" did not answer within ${String(ANSWER_MS / 1000)} s: ${messageOf(error)}`;
    return new HealerError('TIMEOUT', message, { host: target.host }, { cause: error });
  }
}

/**
 * An operation on several programs stands in the subject like one on a single program, so that the bus can permit some
 * operations only.
 */
function withVerb(method: string, params: unknown): { readonly method: string; readonly params: unknown } {
  if (method !== 'operate' || !isRecord(params)) return { method, params };
  const { operation, ...rest } = params;
  return isSelectedOperation(operation) ? { method: operation, params: rest } : { method, params };
}

/** Returns the result of an answer. @throws HealerError of the host */
function answerIn({ data }: Msg): HostAnswer {
  return resultOf(decodeAnswer(data), false);
}

function resultOf(answer: HostAnswer, wasAskedBefore: boolean): HostAnswer {
  if (!('error' in answer)) return answer;
  const error = errorOf(answer.error);
  // The host does not know the operation, so that no earlier request arrived either.
  if (error.data['late'] === true && wasAskedBefore) {
    throw new HealerError('TIMEOUT', `${error.message}; no earlier request for it arrived`, error.data);
  }
  throw error;
}

function isPermission(error: unknown): boolean {
  return (
    error instanceof errors.PermissionViolationError ||
    (error instanceof errors.RequestError && error.cause instanceof errors.PermissionViolationError)
  );
}

function outcomeUnknown({ target, method }: Attempt, cause: unknown): HealerError {
  const message = `"${target.host}" did not answer, so it is unknown whether "${method}" was performed; check with "healer events --host fleet:${target.host}"`;
  return new HealerError('OUTCOME_UNKNOWN', message, { host: target.host }, { cause });
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
  signal?.throwIfAborted();
}
