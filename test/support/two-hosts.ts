import { freePort } from './free-port.ts';
import { HealerHome } from './healer-home.ts';
import { requireTool } from './require-tool.ts';
import { waitFor } from './wait-for.ts';

export interface HostJson {
  readonly host: string;
  readonly presence: string;
}

/** Two homes as two hosts; the hub runs on the first. */
export class TwoHosts implements AsyncDisposable {
  readonly hub = new HealerHome();
  readonly web = new HealerHome();

  /** Starts the fleet, and lets the second host join. */
  async form(): Promise<void> {
    requireTool('nats-server');
    const listen = `127.0.0.1:${String(await freePort())}`;
    await this.hub.ok('fleet', 'init', '--listen', listen, '--name', 'hub-01');
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

  async sees(host: string, presence: string): Promise<void> {
    const isSeen = async (): Promise<boolean> =>
      (await this.hosts()).some((it) => it.host === host && it.presence === presence);
    await waitFor(isSeen, `"${host}" to be ${presence}`, 40_000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.web[Symbol.asyncDispose]();
    await this.hub[Symbol.asyncDispose]();
  }
}
