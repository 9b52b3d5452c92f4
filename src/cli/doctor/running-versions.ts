import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { statsOf } from '../../base/stats-of.ts';
import { CLOCK_TICKS_PER_SECOND, listPids, readProcStat } from '../../base/proc-stat.ts';
import { connectLocal } from '../../client/connection/connection.ts';
import { localEngineOf } from '../../client/connection/local-engine.ts';
import type { Paths } from '../../config/instance/paths.ts';
import type { HelloResult } from '../../protocol/methods/methods.ts';
import type { Context } from '../command/context.ts';
import { pairOf } from '../engine/pair.ts';

/** Which code the processes of an instance run. */
export interface RunningVersions {
  /** Null for an engine that does not answer. */
  readonly engine: HelloResult | null;
  readonly watcher: HelloResult | null;
  /** The log collector; null if none runs. */
  readonly collector: { readonly pid: number; readonly isOlderThanFiles: boolean } | null;
}

/** How the log collector is called in `ps`. */
const COLLECTOR = 'healer-keeper';
/** Written by every installation; package managers set the time of change, but not always that of modification. */
const INSTALLED = new URL('./build.json', import.meta.url);

/** Asks the engine and its watcher, and finds the log collector. */
export async function findRunningVersions(context: Context): Promise<RunningVersions> {
  const { engine, watcher } = await pairOf(context);
  const [ours, theirs] = await Promise.all([helloOf(engine), helloOf(watcher)]);
  return { engine: ours, watcher: theirs, collector: findCollector(engine) };
}

async function helloOf(paths: Paths): Promise<HelloResult | null> {
  try {
    const connection = await connectLocal({ ...localEngineOf(paths), clientName: 'healer-doctor' });
    connection.close();
    return connection.hello;
  } catch {
    // The check of the engine reports why it does not answer.
    return null;
  }
}

/** The collector holds its files in the state folder open, whatever engine started it. */
function findCollector({ stateDir }: Paths): RunningVersions['collector'] {
  const pid = listPids().find((each) => isCollectorOf(each, stateDir));
  if (pid === undefined) return null;
  return { pid, isOlderThanFiles: startedBefore(pid, installedAt()) };
}

function isCollectorOf(pid: number, stateDir: string): boolean {
  try {
    if (!readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').startsWith(COLLECTOR)) return false;
    const folder = `/proc/${String(pid)}/fd`;
    return readdirSync(folder).some((fd) => readlinkSync(`${folder}/${fd}`).startsWith(`${stateDir}/`));
  } catch {
    return false;
  }
}

function installedAt(): number {
  return statsOf(fileURLToPath(INSTALLED))?.ctimeMs ?? 0;
}

function startedBefore(pid: number, timeMs: number): boolean {
  const ticks = readProcStat(pid)?.startTicks;
  const bootSeconds = Number(/^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1] ?? 0);
  return ticks !== undefined && bootSeconds * 1000 + (ticks / CLOCK_TICKS_PER_SECOND) * 1000 < timeMs;
}
