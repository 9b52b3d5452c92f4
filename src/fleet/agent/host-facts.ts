import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { arch, hostname, release } from 'node:os';
import { isLabelKey, isLabelValue } from '../../base/label.ts';
import type { Labels } from '../contract/labels.ts';
import { PACKAGE_VERSION } from '../../base/package-version.ts';
import { readBootId } from '../../base/proc-stat.ts';
import type { Access } from '../../protocol/methods/methods.ts';
import { PROTOCOL_VERSION } from '../../protocol/protocol-version.ts';
import { isRecord } from '../../protocol/rpc.ts';
import type { FleetFacts } from '../contract/facts.ts';
import type { EngineView } from './engine-view.ts';

/** The facts about a host that its agent collects. */
export type OwnFacts = Omit<FleetFacts, 'site' | 'host' | 'epoch' | 'at'>;

/** The facts about this host. */
export class HostFactsSource {
  readonly #instance: string;
  readonly #engine: Pick<EngineView, 'status' | 'setting'>;
  /** The last known value of the setting `fleet`; undefined until the engine has answered. */
  #setting: unknown = undefined;

  constructor({ instance }: { readonly instance: string }, engine: Pick<EngineView, 'status' | 'setting'>) {
    this.#instance = instance;
    this.#engine = engine;
  }

  /**
   * Returns the facts, or null if the engine has never answered: facts without the labels and permissions that it knows would
   * replace those that the hub keeps. While it is away, they are the last known ones.
   */
  async read(): Promise<OwnFacts | null> {
    const setting = (await this.#engine.setting('fleet')) ?? this.#setting;
    if (setting === undefined) return null;
    this.#setting = setting;
    const { status } = this.#engine;
    return {
      hostname: hostname(),
      instance: this.#instance,
      version: status?.version ?? PACKAGE_VERSION,
      protocol: PROTOCOL_VERSION,
      os: operatingSystem(),
      kernel: release(),
      arch: arch(),
      nodeVersion: process.versions.node,
      cores: status?.host.cores ?? 1,
      memoryMb: status?.host.memoryTotalMb ?? null,
      machine: machineHash(),
      boot: process.platform === 'linux' ? readBootId() : 'unknown',
      bootedAt: timeOf(status?.host.bootedAt ?? null),
      engineStartedAt: timeOf(status?.startedAt ?? null),
      labels: labelsIn(setting),
      allow: allowIn(setting),
      revision: null,
    };
  }
}

function timeOf(iso: string | null): number | null {
  const at = Date.parse(iso ?? '');
  return Number.isNaN(at) ? null : at;
}

function operatingSystem(): string {
  const name = /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(readText('/etc/os-release'))?.[1];
  return name ?? process.platform;
}

/** A hash, because the id itself is confidential (machine-id(5)). */
function machineHash(): string {
  const id = readText('/etc/machine-id').trim();
  return createHash('sha256')
    .update(`healer fleet ${id === '' ? hostname() : id}`)
    .digest('hex')
    .slice(0, 16);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function labelsIn(setting: unknown): Labels {
  const labels = isRecord(setting) && isRecord(setting['labels']) ? setting['labels'] : {};
  return Object.fromEntries(
    Object.entries(labels).filter(
      (entry): entry is [string, string] =>
        typeof entry[1] === 'string' && isLabelKey(entry[0]) && isLabelValue(entry[1]),
    ),
  );
}

function allowIn(setting: unknown): Access {
  const allow = isRecord(setting) ? setting['allow'] : undefined;
  return allow === 'read' || allow === 'admin' ? allow : 'operate';
}
