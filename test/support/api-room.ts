import { request, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { type RemoteSettings, remoteSettingsOf } from '../../src/config/registry/remote-endpoints.ts';
import { examineExecutable, pathsOfFile, patternWithoutLinks } from '../../src/engine/os/executable-facts.ts';
import { type ApiServer, serveApi } from '../../src/engine/servers/http/api-server.ts';
import type { CallerCheckOptions } from '../../src/engine/access/caller-check.ts';
import { type EntranceOptions, RemoteEntrance } from '../../src/engine/access/remote-entrance.ts';
import type { Token } from '../../src/engine/access/token.ts';
import { FakeServedEngine } from './fake-served-engine.ts';
import { engineStatus, programRow } from './program-row.ts';
import { spec } from './programs.ts';

export interface ApiRoomOptions {
  /** Settings as the registry stores them. */
  readonly stored?: Readonly<Record<string, unknown>>;
  readonly token?: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The code of the error; null if the body holds none. */
  readonly code: string | null;
}

export interface HttpCall {
  readonly verb?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Must never appear in a response. */
export const SECRET = 'hush-hush-hush';
const SECRETIVE = spec({
  id: 'web',
  env: { PASSWORD: SECRET },
  health: {
    check: {
      type: 'http',
      url: `http://me:${SECRET}@127.0.0.1/health?key=${SECRET}`,
      headers: { authorization: SECRET },
    },
  },
});

/** Returns an engine that answers as the tests of the remote API expect. */
export function fakeApiEngine(): FakeServedEngine {
  const fake = new FakeServedEngine();
  fake.answerTo = (method) => {
    if (method === 'describe') return { row: programRow({ id: 'web' }), spec: SECRETIVE };
    if (method === 'events') return fake.events.slice(-1);
    if (method === 'settings') return [];
    return method === 'list' ? [...fake.rows.values()] : method === 'status' ? engineStatus() : null;
  };
  return fake;
}

/** Returns what the entrance needs, with executables looked up on this machine. */
export function entranceOptions(
  settings: () => RemoteSettings,
  token: string | undefined,
): CallerCheckOptions & EntranceOptions {
  return {
    settings,
    token: token === undefined ? null : tokenOf(token),
    now: () => performance.now(),
    findExecutable: (word, cwd) => examineExecutable(word, cwd ?? '/', process.env['PATH'], {}),
    pathsOf: (word, cwd) => pathsOfFile(word, cwd ?? '/'),
    withoutLinks: patternWithoutLinks,
  };
}

/** The remote API on a free port, in front of an engine that the test controls. */
export class ApiRoom implements AsyncDisposable {
  readonly fake: FakeServedEngine;
  readonly server: ApiServer;
  #settings: RemoteSettings;

  private constructor(server: ApiServer, fake: FakeServedEngine, settings: RemoteSettings) {
    this.server = server;
    this.fake = fake;
    this.#settings = settings;
  }

  static async open({ stored = {}, token }: ApiRoomOptions = {}): Promise<ApiRoom> {
    const fake = fakeApiEngine();
    const room: { current: ApiRoom | null } = { current: null };
    const settings = remoteSettingsOf(stored, 'default', {});
    const options = entranceOptions(() => room.current?.settings ?? settings, token);
    const server = await serveApi(fake.served, {
      entrance: new RemoteEntrance(fake.served, options),
      callers: options,
      at: { host: '127.0.0.1', port: 0 },
      certificate: null,
      timeouts: { headersMs: 1_000, requestMs: 1_500, keepAliveMs: 5_000, idleMs: 60_000 },
      metrics: () => ({
        status: engineStatus(),
        rows: [...fake.rows.values()],
        totalsOf: () => ({
          sinceMs: 0,
          cpuSeconds: 1.5,
          cooldowns: 1,
          restarts: new Map([['crash', 2]]),
          anomalies: new Map([['memory-leak', 1]]),
        }),
        nowMs: Date.now(),
        isWanted: (id) => id === 'web',
        ownCpuSeconds: 1,
        ownSinceMs: 0,
        nodeVersion: process.version,
      }),
    });
    room.current = new ApiRoom(server, fake, settings);
    return room.current;
  }

  get settings(): RemoteSettings {
    return this.#settings;
  }

  /** Applies other settings, given as the registry stores them. */
  configure(stored: Readonly<Record<string, unknown>>): void {
    this.#settings = remoteSettingsOf(stored, 'default', {});
  }

  get url(): string {
    return `http://127.0.0.1:${String(this.server.port)}`;
  }

  /** Calls over a connection of its own with any headers: `fetch` does not allow a forged Host. */
  call(path: string, call: HttpCall = {}): Promise<HttpAnswer> {
    return callHttp(this.server.port, path, call);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
  }
}

export function callHttp(
  port: number,
  path: string,
  { verb = 'GET', headers = {}, body }: HttpCall,
): Promise<HttpAnswer> {
  const content = body === undefined ? {} : { 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', path, method: verb, agent: false, headers: { ...content, ...headers } };
    const sent = request(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.once('error', reject).once('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, code: codeIn(text) });
      });
    });
    sent.once('error', reject);
    sent.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
  });
}

/** Sends text that no HTTP client would send, and returns the response until the connection closes. */
export function callRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.setEncoding('utf8').on('data', (part: string) => (answer += part));
    socket.once('error', reject).once('close', () => resolve(answer));
  });
}

function codeIn(text: string): string | null {
  try {
    const { error } = JSON.parse(text) as { error?: { code: string } };
    return error?.code ?? null;
  } catch {
    return null;
  }
}

function tokenOf(secret: string): Token {
  return { isRight: (candidate) => candidate === secret };
}
