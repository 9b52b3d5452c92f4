import * as os from 'node:os';
import type { HostFacts } from '../../protocol/snapshot.ts';
import { HostCpu } from '../../base/host-cpu.ts';
import type { MonotonicNow } from './sampler.ts';
import type { SystemInformation } from './system-information.ts';

const BYTES_PER_MB = 2 ** 20;
const REFRESH_MS = 2_000;
const DISK_REFRESH_MS = 60_000;
/** Loading the package takes 50 ms of CPU and 9 MB, so it is delayed until programs have been started. */
const LOAD_AFTER_MS = 5_000;

/** Reads facts about the host on request; starts no timer. */
export interface HostSampler {
  /** Returns the facts of the last refresh; those that Node provides are available from the start. */
  readonly facts: () => HostFacts;
  /** Updates the facts at most every 2 s, and disk usage every minute. Never rejects. */
  readonly refresh: () => Promise<HostFacts>;
}

interface HostSamplerOptions {
  readonly now: MonotonicNow;
  /** The folder whose disk is reported. */
  readonly diskPath?: string;
  readonly loadAfterMs?: number;
}

/**
 * Creates a sampler of host facts. The package that provides most of them is loaded late, after programs were started.
 */
export function createHostSampler(options: HostSamplerOptions): HostSampler {
  const { now, diskPath = '/', loadAfterMs = LOAD_AFTER_MS } = options;
  const createdAtMs = now();
  const cpu = new HostCpu(createdAtMs);
  let facts = readBasicFacts();
  let refreshedAtMs = -Infinity;
  let slowFactsAtMs = -Infinity;
  let information: SystemInformation | undefined;
  let running: Promise<void> | undefined;

  const readFast = async (nowMs: number): Promise<void> => {
    const memory = (await information?.readMemory()) ?? readNodeMemory();
    const cpuPercent = roundToTenth(cpu.measure(nowMs));
    facts = { ...facts, ...memory, cpuPercent, load: readLoad() };
  };

  const readSlow = async (): Promise<void> => {
    information ??= (await import('./system-information.ts')).createSystemInformation(diskPath);
    const [platform, diskUsedPercent] = await Promise.all([information.readPlatform(), information.readDisk()]);
    facts = { ...facts, platform: platform ?? facts.platform, diskUsedPercent: roundToTenth(diskUsedPercent) };
  };

  return {
    facts: () => facts,
    async refresh() {
      const nowMs = now();
      if (nowMs - refreshedAtMs < REFRESH_MS) return facts;
      refreshedAtMs = nowMs;
      if (running === undefined && nowMs - createdAtMs >= loadAfterMs && nowMs - slowFactsAtMs >= DISK_REFRESH_MS) {
        slowFactsAtMs = nowMs;
        // Not awaited: a disk that hangs must not delay the other facts.
        running = readSlow()
          .catch(keepKnownFacts)
          .finally(() => (running = undefined));
      }
      await readFast(nowMs).catch(keepKnownFacts);
      return facts;
    },
  };
}

/** Hosts without `df` or /etc/os-release report fewer facts; nothing else depends on them. */
const keepKnownFacts = (): undefined => undefined;

function readBasicFacts(): HostFacts {
  return {
    hostname: os.hostname(),
    platform: `${os.type()} ${os.release()} ${os.arch()}`,
    cores: os.cpus().length || os.availableParallelism(),
    cpuPercent: null,
    ...readNodeMemory(),
    load: readLoad(),
    diskUsedPercent: null,
    bootedAt: new Date(Math.round(Date.now() / 1000 - os.uptime()) * 1000).toISOString(),
  };
}

function readNodeMemory(): Pick<HostFacts, 'memoryUsedMb' | 'memoryTotalMb'> {
  const total = os.totalmem();
  return { memoryUsedMb: toMb(total - os.freemem()), memoryTotalMb: toMb(total) };
}

/** Windows has no load average and reports zeros. */
function readLoad(): HostFacts['load'] {
  const [one = 0, five = 0, fifteen = 0] = os.loadavg();
  return process.platform === 'win32' ? null : [one, five, fifteen];
}

function toMb(bytes: number): number {
  return Math.round(bytes / BYTES_PER_MB);
}

function roundToTenth(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10) / 10;
}
