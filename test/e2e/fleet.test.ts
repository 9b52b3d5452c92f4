import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { HealerHome } from '../support/healer-home.ts';
import { requireTool } from '../support/require-tool.ts';
import { waitFor } from '../support/wait-for.ts';

interface HostJson {
  readonly host: string;
  readonly presence: string;
}

/** Two homes as two hosts; the hub runs on the first. */
class TwoHosts implements AsyncDisposable {
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

test('one machine creates a fleet, and another joins, is operated, leaves and is forgotten', async () => {
  await using fleet = new TwoHosts();
  await fleet.form();
  await fleet.sees('hub-01', 'live');
  expect(await fleet.hub.ok('--host', 'fleet:web-02', 'ls', '--json')).toContain('"running"');
  expect((await fleet.hub.run('fleet', 'doctor')).stdout).toContain('errors: 0');

  await fleet.web.ok('fleet', 'leave');
  await fleet.sees('web-02', 'left');
  await fleet.hub.ok('fleet', 'forget', 'web-02');
  await waitFor(async () => (await fleet.hosts()).every(({ host }) => host !== 'web-02'), '"web-02" to be gone');
  await fleet.web.down();
  await fleet.hub.down();
}, 120_000);

test('an agent comes back when it, the bus or the engine is killed', async () => {
  await using fleet = new TwoHosts();
  await fleet.form();
  const agentPid = (): number => {
    const lock = `${fleet.web.paths.stateDir}/fleet/agent.lock`;
    return (JSON.parse(readFileSync(lock, 'utf8')) as { pid: number }).pid;
  };
  const first = agentPid();
  process.kill(first, 'SIGKILL');
  await waitFor(() => agentPid() !== first, 'another agent');

  process.kill(await fleet.hub.pid('fleet-bus'), 'SIGKILL');
  const isAway = async (): Promise<boolean> => /hub of the fleet .* is away/.test(await fleet.web.ok('status'));
  await waitFor(isAway, 'the degradation');
  await waitFor(async () => !(await isAway()), 'the bus to be back', 40_000);

  const second = agentPid();
  await fleet.web.killEngine();
  await fleet.web.up();
  await waitFor(() => agentPid() !== second, 'the agent of the next engine');
  await fleet.sees('web-02', 'live');
}, 180_000);

test('two machines with the same credential refuse changes until one of them is gone', async () => {
  await using fleet = new TwoHosts();
  await fleet.form();
  await using clone = new HealerHome();
  await clone.up('w - - -- sleep 1000');
  const credential = readFileSync(fleet.web.paths.fleetFile, 'utf8');
  mkdirSync(`${clone.paths.stateDir}/fleet`, { recursive: true });
  writeFileSync(clone.paths.fleetFile, credential);
  for (const home of [fleet.web, clone]) {
    const isNamed = async (): Promise<boolean> =>
      (await home.ok('status')).includes('another machine uses the fleet credential');
    await waitFor(isNamed, 'both machines to notice');
  }
  const refused = await fleet.hub.run('--host', 'fleet:web-02', 'restart', 'w');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/another machine uses the fleet credential of "web-02"/);
  expect(await fleet.web.ok('ls')).toContain('running');
  await clone.ok('fleet', 'leave');
  await waitFor(async () => !(await fleet.web.ok('status')).includes('another machine'), 'the collision to end');
}, 180_000);
