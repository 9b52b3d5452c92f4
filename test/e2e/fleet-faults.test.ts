import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { hubFiles } from '../../src/fleet/hub/hub-file.ts';
import { configureMail } from '../support/alert-home.ts';
import { startMailServer } from '../support/mail-server.ts';
import { startTcpRelay, type TcpRelay } from '../support/tcp-relay.ts';
import { TwoHosts } from '../support/two-hosts.ts';
import { waitFor } from '../support/wait-for.ts';

/** How long the hub is away; `HEALER_AWAY_S=600` is ten minutes. */
const AWAY_MS = Number(process.env['HEALER_AWAY_S'] ?? '26') * 1000;
/** After the hub is back, rows and commands must be back within this time. */
const BACK_MS = 20_000;

interface Fault {
  readonly begin: (fleet: TwoHosts, relay: TcpRelay) => Promise<void>;
  readonly end: (fleet: TwoHosts, relay: TcpRelay) => Promise<void>;
}

const busPid = (fleet: TwoHosts): Promise<number> => fleet.hub.pid('fleet-bus');

const FAULTS: Readonly<Record<string, Fault>> = {
  'killed with -9 again and again': {
    begin: async (fleet) => {
      // Restarted at once: a hub that keeps dying is away as long as its cooldown.
      for (let kills = 0; kills < 3; kills++) {
        const { pid } = await fleet.hub.state('fleet-bus', 'running', 'starting');
        if (pid !== null) process.kill(pid, 'SIGKILL');
        await waitFor(async () => (await fleet.hub.row('fleet-bus')).pid !== pid, 'the kill to be noticed');
      }
      await fleet.hub.ok('stop', 'fleet-bus');
    },
    end: (fleet) => fleet.hub.ok('start', 'fleet-bus').then(() => undefined),
  },
  'suspended with SIGSTOP': {
    begin: async (fleet) => void process.kill(await busPid(fleet), 'SIGSTOP'),
    end: async (fleet) => void process.kill(await busPid(fleet), 'SIGCONT'),
  },
  'stopped, and its store wiped': {
    begin: async (fleet) => {
      await fleet.hub.ok('stop', 'fleet-bus');
      const { store, accounts } = hubFiles(fleet.hub.paths.stateDir);
      for (const folder of [store, accounts]) rmSync(folder, { recursive: true, force: true });
    },
    end: (fleet) => fleet.hub.ok('start', 'fleet-bus').then(() => undefined),
  },
  'cut off': {
    begin: (_fleet, relay) => {
      relay.cut();
      return Promise.resolve();
    },
    end: (_fleet, relay) => {
      relay.restore();
      return Promise.resolve();
    },
  },
};

/** Kills a program, and returns how long it took until it ran again, in ms. */
async function respawnMs(fleet: TwoHosts): Promise<number> {
  const pid = await fleet.web.pid('w');
  const killedAt = performance.now();
  process.kill(pid, 'SIGKILL');
  await waitFor(async () => {
    const row = await fleet.web.row('w');
    return row.pid !== null && row.pid !== pid;
  }, 'the program to run again');
  return performance.now() - killedAt;
}

/** Returns how often operators of the fleet restarted the program. */
async function restartsByFleet(fleet: TwoHosts): Promise<number> {
  const events = await fleet.web.ask((api) => api.events({ kinds: ['restarted'], process: 'w', limit: 500 }));
  return events.filter(({ data }) => data['by'] !== undefined).length;
}

test.each(Object.entries(FAULTS))(
  'the hub is %s: hosts keep running, and come back',
  async (_what, { begin, end }) => {
    await using mails = await startMailServer();
    await using fleet = new TwoHosts();
    configureMail(fleet.web, mails.port);
    const relay = await fleet.formBehind(startTcpRelay);
    try {
      expect((await fleet.hub.run('--host', 'fleet:web-02', 'restart', 'w')).code).toBe(0);
      expect(await restartsByFleet(fleet)).toBe(1);
      await respawnMs(fleet);

      await begin(fleet, relay);
      const awayUntil = performance.now() + AWAY_MS;
      const asked = fleet.hub.run('--host', 'fleet:web-02', 'restart', 'w');
      await fleet.web.state('w', 'running');
      await respawnMs(fleet);
      expect(await fleet.web.ok('ls')).toContain('w');
      expect((await fleet.web.run('restart', 'w')).code).toBe(0);
      await waitFor(() => mails.subjects().length > 0, 'the mail about the crash');
      expect((await asked).code).not.toBe(0);
      // Without a closed connection, silence is noticed after 20 to 30 s.
      const isAway = async (): Promise<boolean> => (await fleet.web.ok('status')).includes('is away');
      await waitFor(isAway, 'the degradation');
      await sleep(Math.max(0, awayUntil - performance.now()));
      expect(await isAway()).toBe(true);

      await end(fleet, relay);
      const backBy = performance.now() + BACK_MS;
      await waitFor(async () => (await fleet.presenceOf('web-02')) === 'live', 'the host to be live again', BACK_MS);
      const isAnswered = async (): Promise<boolean> => (await fleet.hub.run('--host', 'fleet:web-02', 'ls')).code === 0;
      await waitFor(isAnswered, 'the host to answer', Math.max(1000, backBy - performance.now()));
      // What was asked meanwhile is not performed later.
      expect(await restartsByFleet(fleet)).toBe(1);
      expect((await fleet.hub.run('--host', 'fleet:web-02', 'restart', 'w')).code).toBe(0);
      expect(await restartsByFleet(fleet)).toBe(2);
      await waitFor(async () => !(await fleet.web.ok('status')).includes('is away'), 'the degradation to end', BACK_MS);
    } finally {
      await relay[Symbol.asyncDispose]();
    }
  },
  240_000 + AWAY_MS,
);
