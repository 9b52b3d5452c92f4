import { accessSync, constants, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { explainReadProblem } from '../../base/file-problem.ts';
import type { Connection } from '../../client/connection/connection.ts';
import { personCredentialFile, writeCredential } from '../../fleet/bus/credential.ts';
import { DEFAULT_SITE, HOST_FORM, hostNameOf, isSiteName } from '../../fleet/contract/names.ts';
import { readBackup, restoredPlace } from '../../fleet/hub/backup.ts';
import { connectKeeper, publishHosts } from '../../fleet/hub/admin-connection.ts';
import { admitHere, createHub, type HubPlace } from '../../fleet/hub/create-hub.ts';
import { type HubContent, hubFiles, isHub, readHub } from '../../fleet/hub/hub-file.ts';
import { hubPlaceOf } from '../../fleet/hub/listen-address.ts';
import { ensureStreams } from '../../fleet/hub/streams.ts';
import { HealerError, toHealerError } from '../../protocol/errors.ts';
import type { OptionsOf, RunOf } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import type { FLEET_COMMANDS } from '../command-groups/fleet-commands.ts';
import { refuseRemote } from '../command/remote-engine.ts';
import { withInstance } from '../command/with-instance.ts';
import { ensureEngine } from '../engine/start-engine.ts';

const PROGRAM = 'fleet-bus';
const START_MS = 15_000;
/**
 * Saves memory of the server, half of it with 1,000 hosts: Go collects garbage more often than by default, and begins the two
 * stacks of each connection small instead of with the average size.
 */
const SERVER_ENV = { GOGC: '15', GODEBUG: 'adaptivestackstart=0' };
/** Debian installs the server where the PATH of users does not lead. */
const MORE_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/usr/local/bin', '/opt/nats-server'];
const START = { files: [], replaces: false, observes: false, watchedInstance: null, isStandalone: false } as const;

export const run: RunOf<(typeof FLEET_COMMANDS)['fleet init']> = async (context, _args, options) => {
  refuseRemote(context, 'fleet init');
  const { paths, terminal } = context;
  const { name, site } = nameOf(context, options.name, options.site);
  const backup = backupIn(options.restore);
  const place = placeOf(options, backup);
  refuseSecondHub(context);
  const server = findServer(context);
  await requireFree(place);
  const { connection } = await ensureEngine(paths, { ...START, check: undefined });
  try {
    await createHub(paths.stateDir, place, backup);
    await startHub(connection, context, server).catch(async (error: unknown) => {
      await undo(connection, paths.stateDir);
      throw error;
    });
  } finally {
    connection.close();
  }
  writeCredential(paths.fleetFile, await admitHere(paths.stateDir, { role: 'host', name, site }));
  const person = { role: 'admin', name: personName(), site: '*' } as const;
  writeCredential(personCredentialFile(paths.configDir), await admitHere(paths.stateDir, person));
  await publishMembers(paths.stateDir);
  report(context, place, name);
  if (terminal.json) terminal.printJson({ host: name, site, servers: readHub(paths.stateDir).servers });
  return 0;
};

function nameOf({ paths }: Context, wanted: string | undefined, site = DEFAULT_SITE): { name: string; site: string } {
  const name = hostNameOf(wanted ?? hostname(), wanted === undefined ? paths.instance : undefined);
  if (name === null) throw new HealerError('INVALID_CONFIG', `"${wanted ?? hostname()}" cannot be used: ${HOST_FORM}`);
  if (!isSiteName(site)) throw new HealerError('INVALID_CONFIG', `"${site}" is not the name of a site: use a-z 0-9 -`);
  return { name, site };
}

function backupIn(file: string | undefined): HubContent | null {
  if (file === undefined) return null;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new HealerError('INVALID_CONFIG', `cannot read "${file}": ${explainReadProblem(file, error)}`);
  }
  return readBackup(text, file);
}

type InitOptions = OptionsOf<(typeof FLEET_COMMANDS)['fleet init']>;

/** @throws HealerError INVALID_CONFIG */
function placeOf({ listen, advertise = [], insecure }: InitOptions, backup: HubContent | null): HubPlace {
  if (backup === null) return hubPlaceOf({ listen, advertise, insecure });
  if (advertise.length === 0 && !insecure) return restoredPlace(backup, listen ?? null);
  throw new HealerError(
    'INVALID_CONFIG',
    `hosts connect to ${backup.servers.join(', ')} as before: omit --advertise and --insecure`,
  );
}

function refuseSecondHub({ paths }: Context): void {
  if (!isHub(paths.stateDir)) return;
  const { servers } = readHub(paths.stateDir);
  throw new HealerError(
    'ALREADY_EXISTS',
    `this instance already runs the hub of a fleet at ${servers.join(', ')}: invite hosts with "healer fleet invite HOST"`,
  );
}

function findServer({ env }: Context): string {
  const folders = [...(env['PATH'] ?? '').split(delimiter).filter((folder) => folder.startsWith('/')), ...MORE_FOLDERS];
  const found = folders.map((folder) => join(folder, 'nats-server')).find(isExecutable);
  if (found !== undefined) return found;
  throw new HealerError(
    'INVALID_STATE',
    'nats-server is not installed: install it with "apt-get install nats-server", or put the program from nats.io into /usr/local/bin, then run this command again',
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @throws HealerError INVALID_CONFIG if the address does not belong to this machine, or is in use */
function requireFree({ listen, port }: HubPlace): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => reject(unusable(listen, port, error)));
    probe.listen(port, listen, () => probe.close(() => resolve()));
  });
}

function unusable(listen: string, port: number, { code, message }: NodeJS.ErrnoException): HealerError {
  const problems: Readonly<Record<string, string>> = {
    EADDRINUSE: 'another program listens there: end it, or choose another port with --listen ADDRESS:PORT',
    EADDRNOTAVAIL: 'the address does not belong to this machine: "ip address" lists those that do',
    EACCES: 'only root may use this port: choose one above 1023',
  };
  const problem = problems[code ?? ''] ?? message;
  return new HealerError('INVALID_CONFIG', `cannot listen on ${listen}:${String(port)}: ${problem}`);
}

/** Lets the engine run the server, and creates the streams. */
async function startHub({ api }: Connection, { paths }: Context, server: string): Promise<void> {
  const { serverConfig } = hubFiles(paths.stateDir);
  const definition = {
    id: PROGRAM,
    command: server,
    args: ['-c', serverConfig],
    cwd: hubFiles(paths.stateDir).folder,
    env: SERVER_ENV,
    restart: { policy: 'always' as const },
  };
  const isKnown = (await api.list({})).some(({ id }) => id === PROGRAM);
  if (isKnown) await api.remove({ id: PROGRAM });
  await api.add({ definition });
  await createStreams(paths.stateDir);
}

async function createStreams(stateDir: string): Promise<void> {
  const deadline = performance.now() + START_MS;
  for (;;) {
    try {
      const keeper = await connectKeeper(readHub(stateDir));
      await ensureStreams(keeper.nats);
      await keeper.close();
      return;
    } catch (error) {
      if (performance.now() < deadline) await sleep(200);
      else throw notStarted(toHealerError(error).message);
    }
  }
}

function notStarted(problem: string): HealerError {
  return new HealerError(
    'SPAWN_FAILED',
    `nats-server did not start within 15 s (${problem}): see "healer logs ${PROGRAM}"; nothing was changed`,
  );
}

async function undo({ api }: Connection, stateDir: string): Promise<void> {
  await api.remove({ id: PROGRAM }).catch(() => undefined);
  rmSync(hubFiles(stateDir).folder, { recursive: true, force: true });
}

async function publishMembers(stateDir: string): Promise<void> {
  const hub = readHub(stateDir);
  const keeper = await connectKeeper(hub);
  await publishHosts(keeper, hub).finally(() => keeper.close());
}

/** A user without an entry in the user database has no name. */
function personName(): string {
  try {
    return (
      userInfo()
        .username.replaceAll(/[^A-Za-z0-9_-]/g, '-')
        .slice(0, 63) || 'admin'
    );
  } catch {
    return 'admin';
  }
}

function report({ terminal, paths }: Context, { hasTls, listen }: HubPlace, name: string): void {
  if (terminal.json) return;
  const command = withInstance(paths.instance);
  const { servers } = readHub(paths.stateDir);
  terminal.print(`The fleet is ready: its hub runs at ${servers.join(', ')} as the program "${PROGRAM}".`);
  terminal.print(`This machine is the host "${name}"; you are the administrator "${personName()}".`);
  if (!hasTls && listen !== '127.0.0.1') terminal.note('No TLS: everybody on the network can read what is sent.');
  terminal.print(
    `Back up the keys of the fleet with "${command('fleet backup FILE')}", again after hosts have joined.`,
  );
  terminal.print(`Next: "${command('fleet invite HOST')}" prints a line that makes another machine a host.`);
}
