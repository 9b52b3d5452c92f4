import { setTimeout as wait } from 'node:timers/promises';
import type { Connection, Subscription } from '../../client/connection/connection.ts';
import { type ClientApi, engineApiOver } from '../../client/connection/engine-api.ts';
import type { EngineTarget } from '../../client/connection/engine-target.ts';
import type { OnMessage, StreamName, StreamParams } from '../../client/connection/streams.ts';
import { explainHostVersionGap } from '../../client/connection/version-gap.ts';
import { HealerError, toHealerError } from '../../protocol/errors.ts';
import type { HelloResult } from '../../protocol/methods/methods.ts';
import { isRecord } from '../../protocol/rpc.ts';
import type { Bus } from '../bus/connect-bus.ts';
import { HubTime } from '../bus/hub-time.ts';
import type { EventPage, LiveRevision, LiveTable, LogPage } from '../contract/answers.ts';
import type { NamedHost } from '../contract/outcomes.ts';
import { hostSubject } from '../contract/subjects.ts';
import { HostCaller } from './call-host.ts';
import { absenceOf, findHost, type WantedHost } from './find-host.ts';
import { LiveView } from './live-view.ts';

/** An answer without news takes at least this long. */
const EMPTY_PAGE_MS = 250;

/** How to reach a host of the fleet. */
export interface BusTargetOptions {
  /** Connects to the bus. @throws HealerError */
  readonly connectBus: () => Promise<Bus>;
  /** Whether each connection closes its bus; false if others use it too. */
  readonly ownsBus: boolean;
  readonly wanted: WantedHost;
}

/** Returns the engine of a host of the fleet, reached over the bus. */
export function busTarget({ connectBus, ownsBus, wanted }: BusTargetOptions): EngineTarget {
  const unreachable = (): HealerError =>
    new HealerError('ENGINE_NOT_RUNNING', `cannot reach "${wanted.host}" over the bus`, { host: wanted.host });
  return {
    connect: async (signal) => {
      const bus = await connectBus();
      const close = (): void => void (ownsBus ? bus.close().catch(() => undefined) : undefined);
      try {
        signal.throwIfAborted();
        return await HostConnection.open(bus, await findHost(bus, wanted), close, signal);
      } catch (error) {
        close();
        throw error;
      }
    },
    notConnected: unreachable,
    lost: unreachable,
  };
}

/** A logical connection to the engine of a host: a broken stream closes it as a whole. */
class HostConnection implements Connection {
  readonly hello: HelloResult;
  readonly api: ClientApi;
  readonly closed: Promise<Error | null>;
  readonly #bus: Bus;
  readonly #target: NamedHost;
  readonly #caller: HostCaller;
  readonly #closeBus: () => void;
  readonly #closing = new AbortController();
  readonly #streams = new Set<() => void>();
  #resolveClosed: (reason: Error | null) => void = () => undefined;

  private constructor(bus: Bus, target: NamedHost, caller: HostCaller, hello: HelloResult, closeBus: () => void) {
    this.#bus = bus;
    this.#target = target;
    this.#caller = caller;
    this.#closeBus = closeBus;
    this.hello = hello;
    this.closed = new Promise((resolve) => (this.#resolveClosed = resolve));
    this.api = engineApiOver((method, params, { signal }) =>
      method === 'list' ? this.#list(params, signal) : this.#call(method, params, signal),
    );
  }

  static async open(bus: Bus, target: NamedHost, closeBus: () => void, signal: AbortSignal): Promise<HostConnection> {
    const hubTime = new HubTime(bus);
    // A change needs the time of the hub, and waits for the first comparison.
    const measuring = hubTime.measure();
    const caller = new HostCaller({ bus, hubTime, absenceOf: (host) => absenceOf(bus, host) });
    const answer = await caller.call(target, 'hello', {}, signal);
    await measuring;
    const hello = 'result' in answer ? answer.result : null;
    if (!isHello(hello)) throw new HealerError('INTERNAL', `"${target.host}" did not say which engine it has`);
    return new HostConnection(bus, target, caller, hello, closeBus);
  }

  get isOpen(): boolean {
    return !this.#closing.signal.aborted;
  }

  close(): void {
    this.#end(null);
  }

  async subscribe<N extends StreamName>(
    name: N,
    params: StreamParams<N>,
    onMessage: OnMessage<N>,
  ): Promise<Subscription> {
    const ending = new AbortController();
    const close = (): void => ending.abort();
    this.#streams.add(close);
    const signal = AbortSignal.any([ending.signal, this.#closing.signal]);
    if (name === 'snapshot') await this.#followTable(onMessage as OnMessage<'snapshot'>, signal);
    else if (name === 'events') await this.#followEvents(params, onMessage as OnMessage<'events'>, signal);
    else await this.#followLog(params, onMessage as OnMessage<'log'>, signal);
    return {
      close: () => {
        this.#streams.delete(close);
        close();
        return Promise.resolve();
      },
    };
  }

  async #call(method: string, params: unknown, signal?: AbortSignal): Promise<unknown> {
    return (await this.#answerTo(method, params, signal)).result;
  }

  async #answerTo(method: string, params: unknown, signal?: AbortSignal): Promise<{ result: unknown; cut: boolean }> {
    const both = signal === undefined ? this.#closing.signal : AbortSignal.any([this.#closing.signal, signal]);
    try {
      const answer = await this.#caller.call(this.#target, method, params, both);
      if ('result' in answer) return { result: answer.result, cut: answer.cut === true };
    } catch (error) {
      throw explainHostVersionGap(error, this.#target.host);
    }
    throw new HealerError('INTERNAL', `"${this.#target.host}" did not answer "${method}"`);
  }

  /** Reads as many pages as the bus needs for one page of rows. */
  async #list(params: unknown, signal?: AbortSignal): Promise<unknown> {
    const asked = isRecord(params) ? params : {};
    const limit = typeof asked['limit'] === 'number' ? asked['limit'] : 1000;
    const rows: { readonly id: string }[] = [];
    for (;;) {
      const afterId = rows.at(-1)?.id ?? asked['afterId'];
      const rest = { ...asked, limit: limit - rows.length, ...(afterId === undefined ? {} : { afterId }) };
      const { result, cut } = await this.#answerTo('list', rest, signal);
      const page = result as readonly { readonly id: string }[];
      rows.push(...page);
      if (!cut || page.length === 0 || rows.length >= limit) return rows;
    }
  }

  async #followTable(onMessage: OnMessage<'snapshot'>, signal: AbortSignal): Promise<void> {
    const { site, host } = this.#target;
    const view = new LiveView(
      {
        ask: async (params) => (await this.#call('subscribeSnapshot', params, signal)) as LiveTable | LiveRevision,
        listen: (onChange) =>
          this.#bus.nats.subscribe(hostSubject(site, host, 'live'), {
            callback: (error, message) => {
              if (error === null) onChange(message.data);
            },
          }),
        onLost: (reason) => {
          if (!signal.aborted) this.#end(reason);
        },
      },
      onMessage,
    );
    signal.addEventListener('abort', () => view.close(), { once: true });
    await view.start();
  }

  async #followEvents(params: unknown, onMessage: OnMessage<'events'>, signal: AbortSignal): Promise<void> {
    const asked = isRecord(params) ? params : {};
    let afterSeq = asked['afterSeq'];
    // Learns where the stream begins, so that no event between now and the first answer is missed.
    if (afterSeq === undefined) afterSeq = ((await this.#call('subscribeEvents', asked, signal)) as EventPage).afterSeq;
    this.#repeat(signal, async () => {
      const page = (await this.#call('subscribeEvents', { ...asked, afterSeq }, signal)) as EventPage;
      ({ afterSeq } = page);
      const { events, missed } = page;
      const hasNews = events.length > 0 || missed > 0;
      if (hasNews) await onMessage({ subscription: 0, events, missed });
      return hasNews ? 'news' : 'nothing';
    });
  }

  async #followLog(params: unknown, onMessage: OnMessage<'log'>, signal: AbortSignal): Promise<void> {
    const first = (await this.#call('subscribeLog', params, signal)) as LogPage;
    const { id, run, marks } = params as StreamParams<'log'>;
    const selected = { id, ...(run === undefined ? {} : { run }), ...(marks === undefined ? {} : { marks }) };
    let page = first;
    let isFirst = true;
    this.#repeat(signal, async () => {
      if (!isFirst) page = (await this.#call('subscribeLog', { ...selected, after: page.cursor }, signal)) as LogPage;
      const hasNews = page.lines.length > 0 || page.skipped > 0 || page.ended === true;
      if (isFirst || hasNews) await onMessage({ subscription: 0, ...page });
      isFirst = false;
      if (page.ended === true) return 'end';
      return hasNews ? 'news' : 'nothing';
    });
  }

  /**
   * Asks for one page after the other, until the stream is closed or ends. A host waits before it answers that there is nothing;
   * one that does not must not keep this process busy.
   */
  #repeat(signal: AbortSignal, next: () => Promise<'news' | 'nothing' | 'end'>): void {
    const run = async (): Promise<void> => {
      while (!signal.aborted) {
        const askedAt = performance.now();
        const found = await next();
        if (found === 'end') return;
        const tookMs = performance.now() - askedAt;
        if (found === 'nothing' && tookMs < EMPTY_PAGE_MS) await wait(EMPTY_PAGE_MS - tookMs, undefined, { signal });
      }
    };
    run().catch((error: unknown) => {
      if (!signal.aborted) this.#end(error as Error);
    });
  }

  #end(reason: Error | null): void {
    if (!this.isOpen) return;
    this.#closing.abort(reason ?? new HealerError('ENGINE_NOT_RUNNING', 'this connection to the engine was closed'));
    for (const close of this.#streams) close();
    this.#closeBus();
    this.#resolveClosed(reason === null ? null : toHealerError(reason));
  }
}

function isHello(value: unknown): value is HelloResult {
  return (
    isRecord(value) &&
    ['protocol', 'pid'].every((name) => typeof value[name] === 'number') &&
    ['version', 'instance'].every((name) => typeof value[name] === 'string')
  );
}
