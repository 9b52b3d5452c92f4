import type { Endpoint, RemoteSettings } from '../../config/registry/remote-endpoints.ts';
import { ignoredPatterns } from '../../config/registry/ignored-patterns.ts';
import { isLoopback } from '../../base/host-pattern.ts';
import { createTaskQueue } from '../../base/task-queue.ts';
import { HealerError, toHealerError } from '../../protocol/errors.ts';
import type { EngineEntrance } from './engine-entrance.ts';
import { metricsSourceOf } from './metrics-source.ts';
import type { RunningEngine } from '../assembly/running-engine.ts';
import type { ApiServer } from '../servers/http/api-server.ts';
import type { AlivenessFacts } from '../servers/http/aliveness-server.ts';
import type { Token } from '../access/token.ts';
import type { CertificateFiles } from '../servers/http/certificate.ts';
import type { WebServer } from '../servers/http/web-server.ts';
import type { ServedEngine } from '../access/served-engine.ts';
import { PACKAGE_VERSION } from '../../base/package-version.ts';

const RETRY_MS = 10_000;

type Part = 'api' | 'aliveness';

type ServingEngine = Pick<
  RunningEngine,
  'parts' | 'engine' | 'sources' | 'degradations' | 'status' | 'usage' | 'records' | 'clients'
>;

/**
 * Keeps the servers that are reachable over the network in step with the settings. They are loaded and opened after the
 * engine has started. A server that fails is reported as a degradation and never stops the engine.
 */
export class RemoteServers {
  readonly #running: ServingEngine;
  readonly #engine: ServedEngine;
  readonly #entrance: EngineEntrance;
  readonly #onStatusUrl: (url: string | null) => void;
  readonly #stopWatching: () => void;
  #api: ApiServer | null = null;
  #aliveness: WebServer | null = null;
  /** The settings with which each server was opened, as JSON; null while it is closed. */
  #opened: { readonly api: string | null; readonly aliveness: string | null } = { api: null, aliveness: null };
  #retry: NodeJS.Timeout | undefined;
  #stopRenewing: () => void = () => undefined;
  /** The whitelist that was examined last. */
  #reportedWhitelist: RemoteSettings['whitelist'] | null = null;
  /** Applies one change at a time: a port must be free before it is opened again. */
  readonly #inTurn = createTaskQueue();
  #isClosed = false;

  /** @param onStatusUrl receives the URL of the aliveness server whenever it changes; null while there is none */
  constructor(
    running: ServingEngine,
    { engine, entrance }: { readonly engine: ServedEngine; readonly entrance: EngineEntrance },
    onStatusUrl: (url: string | null) => void,
  ) {
    this.#running = running;
    this.#engine = engine;
    this.#entrance = entrance;
    this.#onStatusUrl = onStatusUrl;
    this.#stopWatching = running.sources.onLoaded.add(() => this.#keepUp());
    running.clients.add(() => this.#api?.clients() ?? 0);
    this.#keepUp();
  }

  /**
   * Leaves the sockets to the next engine, so that clients wait for it instead of being refused. Requests on open connections are
   * answered until the servers are closed.
   */
  leave(): Promise<void> {
    const { sockets } = this.#running.parts.logs;
    this.#stopWatching();
    return this.#inTurn(async () => {
      this.#isClosed = true;
      const { apiAt, alivenessAt } = this.#settings();
      if (sockets === null) return;
      if (apiAt !== null) await this.#api?.leave((fd) => sockets.leave(endpointName('api', apiAt), fd));
      if (alivenessAt === null) return;
      await this.#aliveness?.leave((fd) => sockets.leave(endpointName('aliveness', alivenessAt), fd));
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    this.#stopWatching();
    await this.#inTurn(() => Promise.resolve());
    this.#stopRenewing();
    await Promise.all([this.#api?.close(), this.#aliveness?.close()]);
  }

  #keepUp(): void {
    clearTimeout(this.#retry);
    void this.#inTurn(async () => {
      if (this.#isClosed) return;
      this.#reportWhitelist();
      await this.#attempt('api', () => this.#renewApi());
      await this.#attempt('aliveness', () => this.#renewAliveness());
      this.#running.parts.logs.sockets?.closeUnclaimed();
    });
  }

  /** Retries a failure after the next change and every 10 s: a port may become free, or a file may be fixed. */
  async #attempt(part: Part, renew: () => Promise<void>): Promise<void> {
    const { degradations } = this.#running;
    try {
      await renew();
      degradations.clear(part);
    } catch (error) {
      this.#opened = { ...this.#opened, [part]: null };
      const name = part === 'api' ? 'the remote API' : 'the aliveness server';
      degradations.set(part, `${name} is not available: ${toHealerError(error).message}`);
      this.#retry = setTimeout(() => this.#keepUp(), RETRY_MS).unref();
    }
  }

  /** A pattern whose wildcard reaches nothing may have worked with an earlier version. */
  #reportWhitelist(): void {
    const { degradations } = this.#running;
    const { apiAt, whitelist } = this.#settings();
    if (whitelist === this.#reportedWhitelist) return;
    this.#reportedWhitelist = whitelist;
    const [first, ...others] = apiAt === null ? [] : ignoredPatterns(whitelist, process.env['PATH']);
    const rest = others.length === 0 ? '' : ` ; healer doctor shows ${String(others.length)} more`;
    if (first === undefined) degradations.clear('whitelist');
    else degradations.set('whitelist', `${first.message}; ${first.hint}${rest}`);
  }

  #settings(): RemoteSettings {
    return this.#entrance.settings();
  }

  async #renewApi(): Promise<void> {
    const { apiAt, api } = this.#settings();
    const { host, tokenFile, insecure, tls } = api;
    const wanted = JSON.stringify({ apiAt, tokenFile, insecure, tls });
    if (wanted === this.#opened.api) return;
    await this.#api?.close();
    this.#api = null;
    this.#stopRenewing();
    this.#opened = { ...this.#opened, api: wanted };
    if (apiAt === null) return;
    if (tokenFile === null && !insecure && !isLocal(host)) throw unprotected(host);
    const token = tokenFile === null ? null : await loadToken(tokenFile);
    const { serveApi } = await import('../servers/http/api-server.ts');
    this.#api = await serveApi(this.#engine, {
      at: apiAt,
      certificate: tls === null ? null : (await import('../servers/http/certificate.ts')).readCertificate(tls),
      entrance: await this.#entrance.load(),
      callers: { settings: this.#entrance.settings, token, now: () => this.#running.parts.clock.now().mono },
      metrics: metricsSourceOf(this.#running, this.#engine),
      opened: this.#claim('api', apiAt),
    });
    if (tls !== null) await this.#renew(this.#api, tls);
    this.#announce('remote API', apiAt.host, this.#api.port);
  }

  async #renew(server: ApiServer, files: CertificateFiles): Promise<void> {
    const { keepCertificate } = await import('../servers/http/certificate.ts');
    const { degradations } = this.#running;
    const end = keepCertificate(files, {
      use: (certificate) => server.renewCertificate(certificate),
      report: (problem) => {
        if (problem === null) degradations.clear('certificate');
        else
          degradations.set(
            'certificate',
            `the renewed certificate cannot be used, so the previous one stays in effect: ${problem}`,
          );
      },
    });
    this.#stopRenewing = () => {
      end();
      degradations.clear('certificate');
      this.#stopRenewing = () => undefined;
    };
  }

  async #renewAliveness(): Promise<void> {
    const { alivenessAt } = this.#settings();
    const wanted = JSON.stringify(alivenessAt);
    if (wanted === this.#opened.aliveness) return;
    await this.#aliveness?.close();
    this.#aliveness = null;
    this.#onStatusUrl(null);
    this.#opened = { ...this.#opened, aliveness: wanted };
    if (alivenessAt === null) return;
    const { serveAliveness } = await import('../servers/http/aliveness-server.ts');
    const names = (): readonly string[] => this.#settings().api.names;
    this.#aliveness = await serveAliveness(
      alivenessAt,
      names,
      () => this.#alivenessFacts(),
      this.#claim('aliveness', alivenessAt),
    );
    this.#onStatusUrl(statusUrlOf(alivenessAt.host, this.#aliveness.port));
    this.#announce('aliveness server', alivenessAt.host, this.#aliveness.port);
  }

  /** Returns the socket that the previous engine left, if it listens there. */
  #claim(part: Part, at: Endpoint): number | null {
    return this.#running.parts.logs.sockets?.claim(endpointName(part, at)) ?? null;
  }

  #alivenessFacts(): AlivenessFacts {
    const { uptimeMs, instance, partner } = this.#running.status.read();
    return {
      instanceId: instance,
      pid: process.pid,
      version: PACKAGE_VERSION,
      uptime: Math.round(uptimeMs / 1000),
      partner,
    };
  }

  /** Records the address: if the system chose the port, this is the only place to find it. */
  #announce(name: string, host: string, port: number): void {
    this.#running.records.announce('serving', `the ${name} listens on ${host}:${String(port)}`, { host, port });
  }
}

/** Engines of other versions look for this name too. */
function endpointName(part: Part, { host, port }: Endpoint): string {
  return `${part} ${host}:${String(port)}`;
}

/** Returns the URL at which the server is reachable from this machine. */
function statusUrlOf(host: string, port: number): string {
  const near = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${near.includes(':') ? `[${near}]` : near}:${String(port)}/status`;
}

function isLocal(host: string): boolean {
  return host === 'localhost' || isLoopback(host);
}

function unprotected(host: string): HealerError {
  return new HealerError(
    'INVALID_CONFIG',
    `"${host}" is reachable from other hosts and no token is set; set "tokenFile" in the setting "api", or "insecure" to allow access without a token`,
    { host },
  );
}

async function loadToken(file: string): Promise<Token> {
  const { readToken } = await import('../access/token.ts');
  return readToken(file);
}
