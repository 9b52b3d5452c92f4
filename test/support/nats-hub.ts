import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bus, connectBus } from '../../src/fleet/bus/connect-bus.ts';
import type { BusCredential, BusRole } from '../../src/fleet/bus/credential.ts';
import { connectKeeper, publishHosts } from '../../src/fleet/hub/admin-connection.ts';
import { createHub } from '../../src/fleet/hub/create-hub.ts';
import { changeHub, type HubContent, hubFiles, readHub } from '../../src/fleet/hub/hub-file.ts';
import { HubKeeper } from '../../src/fleet/hub/hub-keeper.ts';
import { acceptJoin } from '../../src/fleet/hub/accept-join.ts';
import { invite, serverOf } from '../../src/fleet/hub/invite.ts';
import { createUserKey } from '../../src/fleet/hub/issue.ts';
import { serveKept } from '../../src/fleet/hub/serve-kept.ts';
import { ensureStreams } from '../../src/fleet/hub/streams.ts';
import { freePort } from './free-port.ts';
import { requireTool } from './require-tool.ts';
import { waitFor } from './wait-for.ts';
import { removeFolder } from './remove-folder.ts';

export interface NatsHubOptions {
  readonly hasTls?: boolean;
  /** Whether the part of the agent that keeps the hub runs in this process. */
  readonly hasKeeper?: boolean;
}

/** A hub of a fleet: a real nats-server on a free port, with keys and streams in a temporary folder. */
export class NatsHub implements AsyncDisposable {
  readonly stateDir: string;
  readonly port: number;
  readonly #connections: Bus[] = [];
  #server: ChildProcess | null = null;
  #keeper: HubKeeper | null = null;
  /** What the server printed. */
  log = '';

  private constructor(stateDir: string, port: number) {
    this.stateDir = stateDir;
    this.port = port;
  }

  static async start({ hasTls = false, hasKeeper = false }: NatsHubOptions = {}): Promise<NatsHub> {
    requireTool('nats-server');
    const hub = new NatsHub(mkdtempSync(join(tmpdir(), 'healer-hub-')), await freePort());
    await createHub(hub.stateDir, { listen: '127.0.0.1', port: hub.port, advertised: ['127.0.0.1'], hasTls });
    await hub.startServer();
    const keeper = await connectKeeper(hub.content);
    await ensureStreams(keeper.nats);
    await publishHosts(keeper, hub.content);
    await keeper.close();
    if (hasKeeper) await hub.startKeeper();
    else await hub.#serveKept();
    return hub;
  }

  async #serveKept(): Promise<void> {
    const keeper = await connectKeeper(this.content, true);
    this.#connections.push(keeper);
    serveKept(keeper);
    await keeper.nats.flush();
  }

  get content(): HubContent {
    return readHub(this.stateDir);
  }

  get serverPid(): number {
    return this.#server?.pid ?? 0;
  }

  async startServer(): Promise<void> {
    const child = spawn('nats-server', ['-c', hubFiles(this.stateDir).serverConfig], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#server = child;
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (this.log += String(data)));
    await waitFor(() => accepts(this.port), 'nats-server to listen');
  }

  /** Ends the server, and waits until it has exited. */
  async stopServer(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#server;
    this.#server = null;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await exited;
  }

  /** Removes the streams and the accounts that the server keeps. Stop the server first. */
  wipeStore(): void {
    const { store, accounts } = hubFiles(this.stateDir);
    for (const folder of [store, accounts]) rmSync(folder, { recursive: true, force: true });
  }

  async startKeeper(): Promise<void> {
    this.#keeper = new HubKeeper(this.stateDir, { onProblem: () => undefined });
    await this.#keeper.start();
  }

  async stopKeeper(): Promise<void> {
    await this.#keeper?.close();
    this.#keeper = null;
  }

  /** Admits a member and returns its credential. */
  async credential(
    role: BusRole,
    name: string,
    { site = role === 'host' ? 'default' : '*', verbs = ['*'] }: { site?: string; verbs?: readonly string[] } = {},
  ): Promise<BusCredential> {
    return changeHub(this.stateDir, async (before) => {
      const request = { role, name, site, verbs, labels: {}, invitedBy: 'test', nowMs: Date.now(), validMs: 60_000 };
      const { hub, member } = await invite(before, { ...request, replaces: true });
      const { publicKey, seed } = createUserKey();
      const body = JSON.stringify({ key: publicKey, machine: 'test' });
      const joined = await acceptJoin(hub, member.invitation?.key ?? '', body, Date.now());
      if (!('jwt' in joined.answer)) throw new Error(joined.answer.problem);
      return [joined.hub, { role, name, site, ...serverOf(hub), jwt: joined.answer.jwt, seed }];
    });
  }

  /** Connects with a credential; the connection is closed with the hub. */
  async connect(credential: BusCredential, options: Partial<Parameters<typeof connectBus>[1]> = {}): Promise<Bus> {
    const bus = await connectBus(credential, { clientName: 'test', delayMs: () => 100, ...options });
    this.#connections.push(bus);
    return bus;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const bus of this.#connections) await bus.close();
    await this.stopKeeper();
    await this.stopServer();
    removeFolder(this.stateDir);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
