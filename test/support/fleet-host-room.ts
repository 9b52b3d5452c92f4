import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { headers as createHeaders, type NatsConnection } from '@nats-io/nats-core';
import { RpcResponder } from '../../src/fleet/agent/rpc-responder.ts';
import type { Bus } from '../../src/fleet/bus/connect-bus.ts';
import { decodeAnswer } from '../../src/fleet/contract/answers.ts';
import { HEADERS, rpcSubject } from '../../src/fleet/contract/subjects.ts';
import { HostCaller } from '../../src/fleet/operator/call-host.ts';
import type { RpcFailure } from '../../src/protocol/rpc.ts';
import type { Access } from '../../src/protocol/methods/methods.ts';
import { type BareBus, startBareBus } from './bare-bus.ts';
import { SessionRoom } from './session-caller.ts';

/** The host that the tests call. */
export const WEB = { site: 'eu', host: 'web-01' };

/** A request as an operator may send it, with anything in it. */
export interface RawRequest {
  readonly access?: Access;
  readonly method: string;
  readonly caller?: string;
  readonly params?: unknown;
  readonly operation?: string | null;
  /** In ms from now; null for none. */
  readonly deadlineMs?: number | null;
}

export interface RawAnswer {
  readonly result?: unknown;
  readonly error?: RpcFailure;
  readonly pending?: true;
}

/** A host on a real bus: the responder of the agent, in front of an engine that the test controls. */
export class FleetHostRoom implements AsyncDisposable {
  readonly bus: BareBus;
  readonly engine: SessionRoom;
  readonly nats: NatsConnection;
  readonly folder: string;
  responder: RpcResponder;
  isColliding = false;

  private constructor(bus: BareBus, engine: SessionRoom, nats: NatsConnection, hostNats: NatsConnection) {
    this.bus = bus;
    this.engine = engine;
    this.nats = nats;
    this.folder = mkdtempSync(join(tmpdir(), 'healer-host-'));
    this.responder = this.respond(hostNats);
  }

  static async open(): Promise<FleetHostRoom> {
    const bus = await startBareBus();
    const engine = await SessionRoom.open();
    engine.configure({ api: { requestsPerSecond: 100_000 } });
    const [mine, host] = await Promise.all([bus.connect(), bus.connect()]);
    const room = new FleetHostRoom(bus, engine, mine, host);
    await host.flush();
    return room;
  }

  get ledgerFile(): string {
    return join(this.folder, 'commands');
  }

  respond(nats: NatsConnection): RpcResponder {
    return new RpcResponder({
      ...WEB,
      nats,
      engine: { socketPath: this.engine.socketPath },
      ledgerFile: this.ledgerFile,
      hubNow: () => Promise.resolve(Date.now()),
      isColliding: () => this.isColliding,
      waitMs: 400,
    });
  }

  /** Returns a bus for the operator's side, with a connection of its own. */
  async operatorBus(name = 'ann'): Promise<Bus> {
    const nats = await this.bus.connect();
    const credential = { role: 'admin', name, site: '*', servers: [], ca: null, jwt: 'x.e30.x', seed: '' } as const;
    return { nats, credential, inbox: '_INBOX', close: () => nats.close() };
  }

  async caller(name = 'ann'): Promise<HostCaller> {
    return new HostCaller({ bus: await this.operatorBus(name), hubTime: { now: () => Date.now() } });
  }

  /** Sends a request once. */
  async send(request: RawRequest, timeout = 10_000): Promise<RawAnswer> {
    const { access = 'operate', method, caller = 'ann', params = {} } = request;
    const { operation = randomUUID(), deadlineMs = 10_000 } = request;
    const headers = createHeaders();
    if (operation !== null) headers.set(HEADERS.operation, operation);
    if (deadlineMs !== null) headers.set(HEADERS.deadline, String(Date.now() + deadlineMs));
    const subject = rpcSubject(WEB.site, WEB.host, access, method, caller);
    const { data } = await this.nats.request(subject, JSON.stringify(params), { timeout, headers });
    return decodeAnswer(data);
  }

  /** Returns the calls of a method that reached the engine. */
  calls(method: string): readonly unknown[] {
    return this.engine.fake.calls.filter((call) => call.method === method);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.responder.close();
    await this.bus[Symbol.asyncDispose]();
    await this.engine[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
