import { readdirSync, readFileSync } from 'node:fs';
import { Inspector } from '../../soak/inspector.ts';
import { waitFor } from '../../support/wait-for.ts';
import type { FaultBed } from '../bed.ts';
import { SUBJECTS } from '../catalog.ts';
import { DELIVERY } from '../injections/signals.ts';

const ENGINE_MB = 350;
const COLLECTOR_MB = 200;
const DELIVERY_MB = 200;
const WATCHER_MB = 300;
/** Two pipes for each run, with a reserve for files, sockets and suspended clients. */
const DESCRIPTORS = 60 + 8 * SUBJECTS.length;
/** Of programs, their checks, clients and the engine itself. */
const TIMERS = 60 + 3 * SUBJECTS.length;
const INSPECTOR_MS = 20_000;

/** The memory and the descriptors of healer's processes stay within bounds. */
export function resourceProblems(bed: FaultBed): readonly string[] {
  return [
    ...problemsOf('the engine', bed.enginePid(), ENGINE_MB),
    ...problemsOf('the log collector', bed.collectorPid(), COLLECTOR_MB),
    ...problemsOf('the delivery worker', DELIVERY.pidOf(bed), DELIVERY_MB),
    ...problemsOf('the watcher', bed.watcherPid(), WATCHER_MB),
  ];
}

/** The engine has no more timers than its programs need. Opens the inspector of the engine, which reports its address in its log. */
export async function timerProblems(bed: FaultBed): Promise<readonly string[]> {
  const pid = bed.enginePid();
  process.kill(pid, 'SIGUSR1');
  const url = await waitFor(() => inspectorUrl(pid), 'the address of the inspector', INSPECTOR_MS);
  const inspector = await Inspector.connect(url);
  const resources = String(await inspector.evaluate('process.getActiveResourcesInfo().join()')).split(',');
  inspector.close();
  const timers = resources.filter((kind) => kind === 'Timeout').length;
  return timers > TIMERS ? [`the engine has ${timers} timers`] : [];
}

/**
 * The log is read through the descriptor of the engine, since its folder may have been removed. Several engines may have
 * written to it. The address of this one listens on a port of this process.
 */
function inspectorUrl(pid: number): string | null {
  const text = readFileSync(`/proc/${pid}/fd/2`, 'utf8');
  const url = [...text.matchAll(/ws:\/\/\S+/g)].at(-1)?.[0];
  return url === undefined || !isListening(pid, Number(new URL(url).port)) ? null : url;
}

function isListening(pid: number, port: number): boolean {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return readFileSync(`/proc/${pid}/net/tcp`, 'utf8').includes(`0100007F:${hex}`);
}

function problemsOf(what: string, pid: number, maxMb: number): readonly string[] {
  try {
    const rssKb = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
    const open = readdirSync(`/proc/${pid}/fd`).length;
    return [
      ...(rssKb / 1024 > maxMb ? [`${what} uses ${Math.round(rssKb / 1024)} MB`] : []),
      ...(open > DESCRIPTORS ? [`${what} has ${open} open descriptors`] : []),
    ];
  } catch {
    return [];
  }
}
