import type { Msg, NatsConnection, Subscription } from '@nats-io/nats-core';
import type { LocalEngine } from '../../client/connection/local-engine.ts';
import { PACKAGE_VERSION } from '../../base/package-version.ts';
import { HealerError, toHealerError } from '../../protocol/errors.ts';
import { isSelectedOperation } from '../../protocol/operations.ts';
import { failureOf, isRecord } from '../../protocol/rpc.ts';
import { encodeAnswer, type HostAnswer } from '../contract/answers.ts';
import { allRequestsTo, HEADERS, hostSubject, type ParsedSubject, parseSubject } from '../contract/subjects.ts';
import { CommandLedger } from './command-ledger.ts';
import { CommandRunner } from './command-runner.ts';
import { EngineSessions } from './engine-sessions.ts';
import { LiveLease } from './live-lease.ts';
import { LongPolls } from './long-polls.ts';
import { performCall, performChange } from './perform-call.ts';

/** What the responder needs to know about its host. */
export interface ResponderOptions {
  readonly nats: NatsConnection;
  readonly site: string;
  readonly host: string;
  readonly engine: LocalEngine;
  /** The file that remembers commands. */
  readonly ledgerFile: string;
  /** Resolves to the time of the hub in ms since 1970. */
  readonly hubNow: () => Promise<number>;
  /** Whether another machine uses the credential of this host. */
  readonly isColliding: () => boolean;
  /** When requests are answered that wait for something; 8 s by default. */
  readonly waitMs?: number;
}

type Request = Extract<ParsedSubject, { readonly kind: 'rpc' }>;

/** Answers the requests that arrive over the bus. The engine decides about each of them; see docs/security.md. */
export class RpcResponder {
  readonly #options: ResponderOptions;
  readonly #sessions: EngineSessions;
  readonly #ledger: CommandLedger;
  readonly #commands: CommandRunner;
  readonly #polls: LongPolls;
  readonly #live: LiveLease;
  readonly #subscription: Subscription;

  /** @throws the error of the failed system call if the ledger cannot be read */
  constructor(options: ResponderOptions) {
    const { nats, site, host, engine, ledgerFile, hubNow, waitMs } = options;
    this.#options = options;
    this.#sessions = new EngineSessions(engine);
    this.#ledger = new CommandLedger(ledgerFile);
    this.#commands = new CommandRunner(this.#ledger, hubNow, waitMs);
    this.#polls = new LongPolls(this.#sessions, waitMs);
    const subject = hostSubject(site, host, 'live');
    this.#live = new LiveLease(this.#sessions, (change) => nats.publish(subject, JSON.stringify(change)));
    this.#subscription = nats.subscribe(allRequestsTo(site, host), {
      callback: (error, message) => {
        if (error === null) void this.#answer(message);
      },
    });
  }

  async close(): Promise<void> {
    this.#subscription.unsubscribe();
    this.#polls.close();
    this.#live.close();
    this.#sessions.close();
    await this.#ledger.close();
  }

  async #answer(message: Msg): Promise<void> {
    const request = parseSubject(message.subject);
    if (request?.kind !== 'rpc' || !isFromCaller(message)) return;
    const answer = await this.#perform(request, message).catch((error: unknown): HostAnswer => {
      return { error: failureOf(toHealerError(error)) };
    });
    // Closed meanwhile: the caller repeats its request.
    if (!this.#options.nats.isClosed()) message.respond(encodeAnswer(signed(answer, this.#options.host)));
  }

  async #perform(request: Request, message: Msg): Promise<HostAnswer> {
    const { access, caller } = request;
    const owner = { caller, access };
    const { method, params } = withSelection(request.method, paramsIn(message));
    switch (method) {
      case 'hello':
        return this.#sessions.use(owner, ({ hello: { protocol, version, instance, pid } }) =>
          Promise.resolve({ result: { protocol, version, instance, pid } }),
        );
      case 'subscribeSnapshot':
        return { result: await this.#live.ask(owner, params) };
      case 'subscribeEvents':
        return { result: await this.#polls.events(owner, params) };
      case 'subscribeLog':
        return { result: await this.#polls.log(owner, params) };
      case 'unsubscribe':
        throw new HealerError('INVALID_CONFIG', 'a request over the bus has no subscription that could be ended');
    }
    const call = (perform: typeof performCall): Promise<HostAnswer> =>
      this.#sessions.use(owner, (connection) => perform(connection, method, params));
    if (access === 'read') return call(performCall);
    if (this.#options.isColliding()) throw collision(this.#options.host);
    const { headers, data: body } = message;
    const operation = headers?.get(HEADERS.operation) ?? null;
    const deadline = headers?.get(HEADERS.deadline) ?? null;
    return this.#commands.perform({ operation, deadline, method, caller, body }, () => call(performChange));
  }
}

/**
 * Whether a caller sent a request. The server itself publishes answers of streams to any subject that their requester names,
 * also to one that only another caller may use; they have no inbox for the answer.
 */
function isFromCaller({ reply, headers }: Msg): boolean {
  const isStored = headers?.keys().some((key) => key.startsWith('Nats-')) === true;
  return reply?.startsWith('_INBOX.') === true && !isStored;
}

function paramsIn({ data }: Msg): unknown {
  if (data.length === 0) return {};
  try {
    return JSON.parse(new TextDecoder().decode(data));
  } catch (cause) {
    throw new HealerError('INVALID_CONFIG', 'the parameters of a request must be JSON', {}, { cause });
  }
}

/** A request for several programs names its operation in the subject, where the bus checks it. */
function withSelection(method: string, params: unknown): { readonly method: string; readonly params: unknown } {
  const isForSeveral = isSelectedOperation(method) && isRecord(params) && 'select' in params;
  return isForSeveral ? { method: 'operate', params: { ...params, operation: method } } : { method, params };
}

/** Adds to an error which host answered and its version, so that the caller can explain a gap between versions. */
function signed(answer: HostAnswer, host: string): HostAnswer {
  if (!('error' in answer)) return answer;
  const { code, message, data = { code: 'INTERNAL' as const } } = answer.error;
  return { error: { code, message, data: { ...data, host, hostVersion: PACKAGE_VERSION } } };
}

function collision(host: string): HealerError {
  const message = `another machine uses the fleet credential of "${host}", so both refuse changes: run "healer fleet invite" again for one of them`;
  return new HealerError('HOST_COLLISION', message);
}
