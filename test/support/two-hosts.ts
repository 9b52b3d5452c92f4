import { freePort } from './free-port.ts';
import { HealerHome } from './healer-home.ts';
import { requireTool } from './require-tool.ts';
import { waitFor } from './wait-for.ts';

export interface HostJson {
  readonly host: string;
  readonly presence: string;
  readonly row: {
    readonly epoch: string;
    readonly cpuPercent: number | null;
    readonly memoryPercent: number | null;
  } | null;
}

/** Two homes as two hosts; the hub runs on the first. */
export class TwoHosts implements AsyncDisposable {
  readonly hub = new HealerHome();
  readonly web = new HealerHome();

  /** Starts the fleet, and lets the second host join. */
  async form(): Promise<void> {
    await this.#form(`127.0.0.1:${String(await freePort())}`);
  }

  /** The same, but everything that belongs to the fleet reaches the hub through a relay at 127.0.0.2. */
  async formBehind<T>(startRelay: (port: number) => Promise<T>): Promise<T> {
    const port = await freePort();
    const relay = await startRelay(port);
    await this.#form(`127.0.0.1:${String(port)}`, '--advertise', '127.0.0.2');
    return relay;
  }

  async #form(listen: string, ...options: readonly string[]): Promise<void> {
    requireTool('nats-server');
    await this.hub.ok('fleet', 'init', '--listen', listen, '--name', 'hub-01', ...options);
    await this.web.up('w - - -- sleep 1000');
    await this.web.ok('fleet', 'join', await this.invite('web-02'));
    await this.sees('web-02', 'live');
  }

  async invite(...args: readonly string[]): Promise<string> {
    return (await this.hub.ok('fleet', 'invite', ...args)).trim();
  }

  async hosts(): Promise<readonly HostJson[]> {
    return JSON.parse(await this.hub.ok('fleet', 'ls', '--json')) as HostJson[];
  }

  /** Returns the presence of a host, or null if the fleet cannot be read. */
  async presenceOf(host: string): Promise<string | null> {
    const { code, stdout } = await this.hub.run('fleet', 'ls', '--json');
    if (code !== 0) return null;
    return (JSON.parse(stdout) as HostJson[]).find((each) => each.host === host)?.presence ?? null;
  }

  async sees(host: string, presence: string): Promise<void> {
    const isSeen = async (): Promise<boolean> =>
      (await this.hosts()).some((it) => it.host === host && it.presence === presence);
    await waitFor(isSeen, `"${host}" to be ${presence}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.web[Symbol.asyncDispose]();
    await this.hub[Symbol.asyncDispose]();
  }
}
