import * as os from 'node:os';
import type { HostFacts } from '../../protocol/snapshot.ts';
import { HostCpu } from './host-cpu.ts';
import type { MonotonicNow } from './sampler.ts';
import type { SystemInformation } from './system-information.ts';

const BYTES_PER_MB = 2 ** 20;
const REFRESH_MS = 2_000;
const DISK_REFRESH_MS = 60_000;
/** Loading the package costs 50 ms of CPU and 9 MB, while programs are being started. */
const LOAD_AFTER_MS = 5_000;

/** Facts of the machine for the header. Starts no timer: nothing is read while nobody asks. */
export interface HostSampler {
  /** As of the last refresh; what Node itself can tell is there from the beginning. */
  readonly facts: () => HostFacts;
  /** May be called at any rate; reads at most each two seconds, and the disk each minute. Never rejects. */
  readonly refresh: () => Promise<HostFacts>;
}

interface HostSamplerOptions {
  readonly now: MonotonicNow;
  /** The disk that this folder lies on is the one that is told. */
  readonly diskPath?: string;
  readonly loadAfterMs?: number;
}

/**
 * Facts of this machine. The package that knows most of them is loaded late, since programs are being started first.
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
        // Not waited for: the header must not wait for a disk that hangs.
        running = readSlow()
          .catch(keepWhatIsKnown)
          .finally(() => (running = undefined));
      }
      await readFast(nowMs).catch(keepWhatIsKnown);
      return facts;
    },
  };
}

/** A machine without `df` or /etc/os-release has fewer facts in its header; nothing else depends on them. */
const keepWhatIsKnown = (): undefined => undefined;

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

/** Windows has no load and tells zeros. */
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
