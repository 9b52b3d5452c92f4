import { setTimeout as delay } from 'node:timers/promises';
import { PACKAGE_VERSION } from '../../base/package-version.ts';
import { createReconnectingClient, type ReconnectingClient } from '../../client/attach/reconnecting-client.ts';
import { listAll } from '../../client/attach/list-all.ts';
import { isDownAfterFailure } from '../../protocol/process-phase.ts';
import { PROCESS_STATES, type ProcessStateName } from '../../protocol/process-state.ts';
import { PROTOCOL_VERSION } from '../../protocol/protocol-version.ts';
import type { EngineStatus, ProcessRow } from '../../protocol/snapshot.ts';
import { type Figures, steady } from './host-figures.ts';
import { type FleetRow, MAX_WORST, type StateCounts, type WorstProgram } from '../contract/row.ts';

/**
 * Several events in a row are looked at together. The engine keeps them back meanwhile: an agent that is woken by an exit takes
 * a core from the restart of the program.
 */
const SETTLE_MS = 100;
/** The shortest time between two looks; a row is sent at most once a second. */
const LOOK_GAP_MS = 500;

/** The part of a row that comes from the engine. */
type EngineValues = Omit<
  FleetRow,
  keyof Figures | 'site' | 'host' | 'epoch' | 'seq' | 'at' | 'skewMs' | 'collision' | 'revision' | 'bye'
>;

/** The usage of the engine is reported again if it moved by this much. */
const ENGINE_STEP = { cpuPoints: 1, memoryMb: 4 };

interface EngineViewOptions {
  readonly socketPath: string;
  readonly stateDir: string;
}

/** What an agent does when its engine changes. */
export interface EngineViewListener {
  /** Called when a count, a state or a degradation has changed. */
  readonly onChange: () => void;
  /** Called when another engine has started, or its settings may have changed. */
  readonly onEngine: () => void;
}

/** What the agent knows about its engine. It stays attached while engines come and go. */
export class EngineView {
  readonly #options: EngineViewOptions;
  readonly #listener: EngineViewListener;
  #client: ReconnectingClient | null = null;
  #status: EngineStatus | null = null;
  #worst: readonly WorstProgram[] = [];
  #usage: Pick<FleetRow, 'engineCpuPercent' | 'engineMemoryMb'> = { engineCpuPercent: null, engineMemoryMb: null };
  #lastEventSeq: number | null = null;
  #next: NodeJS.Timeout | undefined;
  #lookedAt = -Infinity;
  #mark = '';
  /** When the engine started whose settings were looked at. */
  #engineStart: string | null = null;

  readonly #known: Promise<void>;
  #noteKnown: () => void = () => undefined;

  constructor(options: EngineViewOptions, listener: EngineViewListener) {
    this.#options = options;
    this.#listener = listener;
    this.#known = new Promise((resolve) => (this.#noteKnown = resolve));
  }

  /** Resolves once the engine has given its state for the first time, or after this time in ms. */
  async known(withinMs: number): Promise<void> {
    const ended = new AbortController();
    await Promise.race([this.#known, delay(withinMs, undefined, { signal: ended.signal }).catch(() => undefined)]);
    ended.abort();
  }

  start(): void {
    const client = createReconnectingClient({ ...this.#options, clientName: 'healer-fleet-agent' });
    this.#client = client;
    client.onState(() => this.#lookSoon());
    client.subscribe('events', { delayMs: SETTLE_MS }, ({ events }) => {
      this.#lastEventSeq = events.at(-1)?.seq ?? this.#lastEventSeq;
      if (events.some(({ kind }) => kind === 'config-changed')) this.#engineStart = null;
      this.#lookSoon();
    });
  }

  close(): void {
    clearTimeout(this.#next);
    this.#client?.close();
  }

  /** Asks the engine for its state. Does not fail: while the engine is away, the last known values remain. */
  async refresh(): Promise<void> {
    const api = this.#client?.api;
    if (api === undefined || !this.#isUp()) return;
    try {
      this.#status = await api.status({});
      this.#worst = hasBad(this.#status) ? worstOf(await listAll(api)) : [];
      const { cpuPercent, memoryMb } = this.#status.load;
      this.#usage = {
        engineCpuPercent: steady(this.#usage.engineCpuPercent, cpuPercent, ENGINE_STEP.cpuPoints),
        engineMemoryMb: steady(this.#usage.engineMemoryMb, memoryMb, ENGINE_STEP.memoryMb),
      };
      this.#noteKnown();
    } catch {
      // It has just gone.
    }
  }

  /** Returns the degraded parts that the engine itself lists. */
  degradedSentences(): readonly string[] {
    return this.#isUp() ? (this.#status?.degraded ?? []) : [];
  }

  /** Returns a setting of the engine, an empty object if it has no value; undefined while the engine does not answer. */
  async setting(key: string): Promise<unknown> {
    if (!this.#isUp()) return undefined;
    const settings = await this.#client?.api.settings({}).catch(() => undefined);
    return settings === undefined ? undefined : (settings.find((setting) => setting.key === key)?.value ?? {});
  }

  get status(): EngineStatus | null {
    return this.#status;
  }

  values(): EngineValues {
    const status = this.#status;
    return {
      engine: this.#isUp() ? 'up' : 'away',
      counts: countsOf(status),
      programs: status?.counts['total'] ?? 0,
      unhealthy: status?.health.unhealthy ?? 0,
      worst: this.#worst,
      lastEventSeq: this.#lastEventSeq,
      version: status?.version ?? PACKAGE_VERSION,
      protocol: PROTOCOL_VERSION,
      ...this.#usage,
      degraded: status?.degraded.length ?? 0,
    };
  }

  #isUp(): boolean {
    return this.#client?.state.status === 'connected';
  }

  #lookSoon(): void {
    this.#next ??= setTimeout(() => void this.#look(), Math.max(0, this.#lookedAt + LOOK_GAP_MS - performance.now()));
  }

  async #look(): Promise<void> {
    this.#next = undefined;
    this.#lookedAt = performance.now();
    await this.refresh();
    this.#noteEngine();
    const { engine, counts, unhealthy, worst, degraded } = this.values();
    const mark = JSON.stringify([engine, counts, unhealthy, worst, degraded]);
    if (mark === this.#mark) return;
    this.#mark = mark;
    this.#listener.onChange();
  }

  #noteEngine(): void {
    const startedAt = this.#status?.startedAt ?? null;
    if (!this.#isUp() || startedAt === this.#engineStart) return;
    this.#engineStart = startedAt;
    this.#listener.onEngine();
  }
}

function countsOf(status: EngineStatus | null): StateCounts {
  const counts = PROCESS_STATES.map((state) => [state, status?.counts[state] ?? 0] as const);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

function hasBad({ counts, health }: EngineStatus): boolean {
  return health.unhealthy > 0 || PROCESS_STATES.some((state) => isDownAfterFailure(state) && (counts[state] ?? 0) > 0);
}

/** Programs that gave up come first, then those that wait, then those whose check fails. */
const RANK: readonly ProcessStateName[] = ['failed', 'cooldown', 'backoff'];

function worstOf(rows: readonly ProcessRow[]): readonly WorstProgram[] {
  const rank = ({ state }: ProcessRow): number => (RANK.includes(state) ? RANK.indexOf(state) : RANK.length);
  return rows
    .filter(({ state, health }) => isDownAfterFailure(state) || health === 'unhealthy')
    .toSorted((one, other) => rank(one) - rank(other) || one.id.localeCompare(other.id))
    .slice(0, MAX_WORST)
    .map(worstProgram);
}

function worstProgram({ id, state, health, cooldownUntil, retryAt, why }: ProcessRow): WorstProgram {
  const until = Date.parse(cooldownUntil ?? retryAt ?? '');
  return { id, state, unhealthy: health === 'unhealthy', until: Number.isNaN(until) ? null : until, why };
}
