import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RemoteSettings, remoteSettingsOf } from '../../src/config/registry/remote-endpoints.ts';
import { RemoteEntrance } from '../../src/engine/access/remote-entrance.ts';
import { serveSocket, type SocketServer } from '../../src/engine/servers/socket-server.ts';
import type { ApiMethod } from '../../src/protocol/methods/methods.ts';
import { PROTOCOL_VERSION } from '../../src/protocol/protocol-version.ts';
import type { RpcFailure } from '../../src/protocol/rpc.ts';
import { entranceOptions, fakeApiEngine } from './api-room.ts';
import type { FakeServedEngine } from './fake-served-engine.ts';
import type { RequestOutcome } from './remote-caller.ts';
import { Wire } from './wire.ts';

/** What a session asks for with `hello`. */
export type Lowering = Readonly<Record<string, unknown>>;

/** The Unix socket in front of an engine that the test controls, with sessions that give up rights. */
export class SessionRoom implements AsyncDisposable {
  readonly fake: FakeServedEngine;
  readonly #folder: string;
  readonly #server: SocketServer;
  readonly #path: string;
  readonly #wires: Wire[] = [];
  #settings: RemoteSettings = remoteSettingsOf({}, 'default', {});

  private constructor(folder: string, path: string, fake: FakeServedEngine, server: SocketServer) {
    this.#folder = folder;
    this.#path = path;
    this.fake = fake;
    this.#server = server;
  }

  static async open(): Promise<SessionRoom> {
    const folder = mkdtempSync(join(tmpdir(), 'healer-sessions-'));
    const path = join(folder, 'run', 'default.sock');
    const fake = fakeApiEngine();
    const room: { current: SessionRoom | null } = { current: null };
    const settings = remoteSettingsOf({}, 'default', {});
    const options = entranceOptions(() => room.current?.settings ?? settings, undefined);
    const entrance = new RemoteEntrance(fake.served, options);
    room.current = new SessionRoom(
      folder,
      path,
      fake,
      await serveSocket(path, fake.served, () => Promise.resolve(entrance)),
    );
    return room.current;
  }

  get settings(): RemoteSettings {
    return this.#settings;
  }

  get socketPath(): string {
    return this.#path;
  }

  configure(stored: Readonly<Record<string, unknown>>): void {
    this.#settings = remoteSettingsOf(stored, 'default', {});
  }

  /** Connects, and gives up rights. */
  async attach(lowering: Lowering): Promise<Wire> {
    const wire = await Wire.connect(this.#path);
    this.#wires.push(wire);
    const { error } = await wire.ask('hello', { protocol: PROTOCOL_VERSION, client: 'test', ...lowering });
    if (error !== undefined) throw new Error(error.message);
    return wire;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const wire of this.#wires) wire.close();
    await this.#server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Calls a method in a session, and returns how it ended. */
export async function outcomeIn(wire: Wire, method: ApiMethod, params: unknown): Promise<RequestOutcome> {
  return outcomeOfFailure((await wire.ask(method, params)).error);
}

function outcomeOfFailure(error: RpcFailure | undefined): RequestOutcome {
  if (error === undefined) return { code: null, message: '' };
  return { code: error.data?.code ?? null, message: error.message };
}
