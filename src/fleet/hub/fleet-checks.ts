import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { errors } from '@nats-io/transport-node';
import { toHealerError } from '../../protocol/errors.ts';
import { type Bus, connectBus } from '../bus/connect-bus.ts';
import { type BusCredential, readCredential } from '../bus/credential.ts';
import { HubTime } from '../bus/hub-time.ts';
import { keptSubject, readKeptPage } from '../contract/kept.ts';
import { ANY } from '../contract/subjects.ts';
import { connectKeeper } from './admin-connection.ts';
import { hubFiles, isHub, readHub } from './hub-file.ts';
import { ALL_STREAMS } from './role-templates.ts';
import { faultsOf } from './server-version.ts';

/** The result of a check of the fleet. */
export interface FleetDiagnosis {
  readonly check: string;
  readonly status: 'ok' | 'warning' | 'error';
  readonly message: string;
  /** What to do, in one line; null if there is nothing to fix. */
  readonly fix: string | null;
}

interface FleetPlaces {
  readonly stateDir: string;
  readonly hostFile: string;
  readonly personFile: string;
}

const SKEW_MS = 2_000;
const RENEW_MS = 60 * 86_400_000;
const PROBE_MS = 2_000;

/** Checks everything about the fleet that can be seen from this machine. */
export async function checkFleet({ stateDir, hostFile, personFile }: FleetPlaces): Promise<readonly FleetDiagnosis[]> {
  const host = checkCredential('host', hostFile, 'healer fleet join LINE');
  const person = checkCredential('person', personFile, 'ask for an invitation: healer fleet invite --role viewer NAME');
  const found = [host.diagnosis, person.diagnosis, ...checkCertificate(stateDir)];
  const credential = person.credential ?? host.credential;
  if (credential === null) return found;
  try {
    const bus = await connectBus(credential, { clientName: 'healer-doctor' });
    try {
      return [...found, ...(await checkBus(bus, stateDir))];
    } finally {
      await bus.close();
    }
  } catch (error) {
    const { message } = toHealerError(error);
    return [
      ...found,
      { check: 'connection', status: 'error', message, fix: 'on the hub: healer status, healer logs fleet-bus' },
    ];
  }
}

function checkCredential(check: string, file: string, fix: string) {
  try {
    const credential = readCredential(file);
    const diagnosis: FleetDiagnosis =
      credential === null
        ? { check, status: 'warning', message: `no credential of a ${check}`, fix }
        : { check, status: 'ok', message: describe(credential), fix: null };
    return { credential, diagnosis };
  } catch (error) {
    const diagnosis: FleetDiagnosis = { check, status: 'error', message: toHealerError(error).message, fix };
    return { credential: null, diagnosis };
  }
}

function describe({ role, name, site, servers, ca }: BusCredential): string {
  return `${role} "${name}"${site === '*' ? '' : ` of the site "${site}"`}, hub ${servers.join(', ')}${ca === null ? ', without TLS' : ''}`;
}

function checkCertificate(stateDir: string): readonly FleetDiagnosis[] {
  if (!isHub(stateDir)) return [];
  try {
    const { validTo } = new X509Certificate(readFileSync(hubFiles(stateDir).certificate));
    const isShort = Date.parse(validTo) - Date.now() < RENEW_MS;
    const message = `the certificate of the hub is valid until ${validTo}`;
    return [
      {
        check: 'certificate',
        status: isShort ? 'warning' : 'ok',
        message,
        fix: isShort ? 'create the fleet again' : null,
      },
    ];
  } catch {
    return [];
  }
}

async function checkBus(bus: Bus, stateDir: string): Promise<readonly FleetDiagnosis[]> {
  const found = [checkVersion(bus), await checkClock(bus)];
  const streams = isHub(stateDir) ? [await checkStreams(stateDir)] : [];
  // A host may not read what the hub keeps.
  if (bus.credential.role === 'host') return [...found, ...streams];
  return [...found, ...streams, await checkReading(bus), await checkPermissions(bus)];
}

function checkVersion({ nats }: Bus): FleetDiagnosis {
  const version = nats.info?.version ?? 'unknown';
  const faults = faultsOf(version);
  const check = 'server';
  if (faults.length === 0) return { check, status: 'ok', message: `nats-server ${version}`, fix: null };
  const fix =
    'on the hub, replace the program that "healer describe fleet-bus" shows with the current nats-server from nats.io, then run "healer restart fleet-bus"';
  return { check, status: 'warning', message: `nats-server ${version} has known faults: ${faults.join('; ')}`, fix };
}

async function checkClock(bus: Bus): Promise<FleetDiagnosis> {
  const check = 'clock';
  const reading = await new HubTime(bus).measure();
  if (reading === null) {
    const message = 'healer does not answer on the machine of the hub, so hosts cannot join there';
    return { check, status: 'error', message, fix: 'on the hub: healer up' };
  }
  const seconds = (Math.abs(reading.offsetMs) / 1000).toFixed(1);
  if (Math.abs(reading.offsetMs) <= SKEW_MS) {
    return { check, status: 'ok', message: `differs from that of the hub by ${seconds} s`, fix: null };
  }
  const message = `differs from that of the hub by ${seconds} s`;
  return { check, status: 'warning', message, fix: 'synchronize both clocks, e.g. with chrony' };
}

async function checkStreams(stateDir: string): Promise<FleetDiagnosis> {
  const check = 'streams';
  const keeper = await connectKeeper(readHub(stateDir));
  try {
    const missing: string[] = [];
    for (const name of ALL_STREAMS) if (!(await hasStream(keeper, name))) missing.push(name);
    if (missing.length === 0) return { check, status: 'ok', message: `all ${ALL_STREAMS.length} exist`, fix: null };
    const fix = 'the agent of the hub creates them: on the hub, run healer up';
    return { check, status: 'error', message: `missing: ${missing.join(', ')}`, fix };
  } finally {
    await keeper.close();
  }
}

async function hasStream({ nats }: Bus, name: string): Promise<boolean> {
  const info = await nats.request(`$JS.API.STREAM.INFO.${name}`, undefined, { timeout: PROBE_MS }).catch(() => null);
  return info !== null && !('error' in info.json<object>());
}

async function checkReading({ nats, credential }: Bus): Promise<FleetDiagnosis> {
  const check = 'hosts';
  const request = JSON.stringify({ kind: 'hosts', site: ANY, host: ANY });
  const answer = await nats.request(keptSubject(credential.name), request, { timeout: PROBE_MS }).catch(() => null);
  const page = answer === null ? null : readKeptPage(answer.string());
  if (answer?.data.length === 0 || (page !== null && 'messages' in page)) {
    return { check, status: 'ok', message: 'the hub lists the hosts that were invited', fix: null };
  }
  const problem = page === null ? 'healer does not answer on the machine of the hub' : page.problem;
  const message = `the hub does not list its hosts: ${problem}`;
  return { check, status: 'error', message, fix: 'on the hub: healer up, then healer fleet doctor' };
}

/** The server must refuse what no role may do. */
async function checkPermissions({ nats }: Bus): Promise<FleetDiagnosis> {
  const check = 'permissions';
  const denied = nats.request('$JS.API.STREAM.DELETE.healer-doctor', undefined, { timeout: PROBE_MS });
  const isDenied = await denied.then(
    () => false,
    (error: unknown) => error instanceof errors.PermissionViolationError || isViolation(error),
  );
  if (isDenied) return { check, status: 'ok', message: 'the hub enforces the permissions of roles', fix: null };
  const message = 'the hub accepts requests that no role may send';
  return { check, status: 'error', message, fix: 'on the hub: healer restart fleet-bus, then healer restart' };
}

function isViolation(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof errors.PermissionViolationError;
}
