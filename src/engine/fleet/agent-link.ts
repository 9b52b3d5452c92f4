import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { pollSource } from '../../config/sources/poll-source.ts';
import type { Paths } from '../../config/instance/paths.ts';
import { LineDecoder } from '../../protocol/framing.ts';
import { parseJsonObject } from '../../base/parse-json-object.ts';
import type { Degradations } from '../core/degradations.ts';
import type { FleetConnection } from './fleet-connection.ts';

/** Keeps the process small: it holds one row and the answers that are on their way. */
const NODE_OPTIONS = ['--max-semi-space-size=1', '--max-old-space-size=128', '--v8-pool-size=1', '--no-warnings'];
/** An agent that has run for this long counts as stable; one that exits earlier is restarted with increasing delays. */
const STABLE_MS = 10_000;
const RESTART_DELAYS_MS = [500, 1_000, 5_000, 30_000];
const MAX_SENTENCE = 500;

/** The bundle of the agent is in the same folder as that of the engine. */
const AGENT = fileURLToPath(new URL('./fleet-agent.js', import.meta.url));

/** The settings of this engine. Listeners are called whenever they were read. */
interface SettingsSource {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly onLoaded: { readonly add: (listener: () => void) => () => void };
}

/** The parts of the engine that the link to the agent uses. */
export interface AgentLinkOptions {
  readonly paths: Pick<Paths, 'instance' | 'socket' | 'stateDir' | 'fleetFile'>;
  readonly degradations: Degradations;
  readonly sources: SettingsSource;
  /** Learns from the agent whether it is connected to the fleet. */
  readonly fleetConnection: Pick<FleetConnection, 'connected' | 'lost'>;
  readonly records: { readonly recordEngineEvent: (kind: 'config-changed', reason: string) => void };
  /** The script of the agent; tests pass another one. */
  readonly script?: string;
}

/**
 * Runs the fleet agent while this host belongs to a fleet. Everything that concerns other hosts is in that process: the
 * engine knows only the file that makes this host a member.
 */
export class AgentLink {
  readonly #options: AgentLinkOptions;
  readonly #poll: { close: () => void };
  readonly #stopWatching: () => void;
  /** The setting `fleet` that the agent knows. */
  #setting: string;
  #child: ChildProcess | null = null;
  #restarting: NodeJS.Timeout | undefined;
  #startedAtMs = 0;
  #earlyExits = 0;
  #isClosed = false;

  constructor(options: AgentLinkOptions) {
    this.#options = options;
    // Polling starts before the file is looked for, so that joining in between is not missed.
    this.#poll = pollSource(options.paths.fleetFile, () => this.#membershipChanged());
    if (this.#isMember()) this.#start();
    this.#setting = settingOf(options);
    this.#stopWatching = options.sources.onLoaded.add(() => this.#sourcesLoaded());
  }

  /** Ends the agent, which says goodbye to the fleet, unless another engine follows. */
  close({ isFollowed }: { readonly isFollowed: boolean }): void {
    this.#isClosed = true;
    this.#poll.close();
    this.#stopWatching();
    clearTimeout(this.#restarting);
    this.#release(isFollowed ? null : 'SIGTERM');
  }

  #isMember(): boolean {
    return existsSync(this.#options.paths.fleetFile);
  }

  /** The agent publishes the labels of this host and what it permits, and learns of a change from the event. */
  #sourcesLoaded(): void {
    const setting = settingOf(this.#options);
    if (setting === this.#setting) return;
    this.#setting = setting;
    if (this.#isMember()) this.#options.records.recordEngineEvent('config-changed', 'the fleet settings changed');
  }

  /** The agent reads the file at its start. */
  #membershipChanged(): void {
    clearTimeout(this.#restarting);
    this.#earlyExits = 0;
    this.#release('SIGTERM');
    this.#options.fleetConnection.lost();
    if (this.#isMember()) this.#start();
    else this.#options.degradations.clear('fleet');
  }

  #release(signal: NodeJS.Signals | null): void {
    const child = this.#child;
    this.#child = null;
    if (child === null) return;
    if (signal !== null) child.kill(signal);
    child.stdout?.destroy();
    child.unref();
  }

  /** The agent replaces one that a killed engine has left. */
  #start(): void {
    this.#startedAtMs = performance.now();
    const child = this.#spawn();
    if (child === null) {
      this.#restartLater('it could not be started: too few processes, descriptors or memory');
      return;
    }
    this.#child = child;
    const decoder = new LineDecoder();
    child.stdout?.on('data', (chunk: Buffer) => {
      for (const frame of decoder.push(chunk)) if (frame.kind === 'line') this.#receive(child, frame.text);
    });
    const gone = (reason: string): void => {
      if (this.#isClosed || this.#child !== child) return;
      this.#child = null;
      this.#options.fleetConnection.lost();
      this.#restartLater(reason);
    };
    child.on('error', (error) => gone(error.message));
    child.on('exit', (code, signal) => gone(code === null ? `killed by ${String(signal)}` : `exit code ${code}`));
    child.unref();
    (child.stdout as unknown as { unref?: () => void } | null)?.unref?.();
  }

  #spawn(): ChildProcess | null {
    const { paths, script = AGENT } = this.#options;
    const { stateDir, socket, instance } = paths;
    try {
      const child = spawn(process.execPath, [...NODE_OPTIONS, script, stateDir, socket, instance], {
        cwd: '/',
        detached: true,
        env: {},
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      // Without descriptors, the child has no streams; the event that follows would crash the engine without a listener.
      child.on('error', () => undefined);
      return child.pid === undefined ? null : child;
    } catch {
      return null;
    }
  }

  /** The agent reports what is degraded about the fleet, or null, and whether it is connected. */
  #receive(child: ChildProcess, line: string): void {
    if (this.#child !== child) return;
    const { degraded, isConnected } = parseJsonObject(line) ?? {};
    if (isConnected === true) this.#options.fleetConnection.connected();
    else if (isConnected === false) this.#options.fleetConnection.lost();
    if (degraded === undefined) return;
    if (typeof degraded === 'string') this.#options.degradations.set('fleet', degraded.slice(0, MAX_SENTENCE));
    else this.#options.degradations.clear('fleet');
  }

  #restartLater(reason: string): void {
    const isStable = performance.now() - this.#startedAtMs > STABLE_MS;
    this.#earlyExits = isStable ? 0 : this.#earlyExits + 1;
    if (this.#earlyExits > 1) {
      const sentence = `the fleet agent exits soon after each start (${reason}): this host is not visible in the fleet; run "healer fleet doctor"`;
      this.#options.degradations.set('fleet', sentence);
    }
    const delayMs = RESTART_DELAYS_MS[Math.min(this.#earlyExits, RESTART_DELAYS_MS.length - 1)];
    this.#restarting = setTimeout(() => {
      if (this.#isMember()) this.#start();
    }, delayMs);
    this.#restarting.unref();
  }
}

function settingOf({ sources }: Pick<AgentLinkOptions, 'sources'>): string {
  return JSON.stringify(sources.settings['fleet'] ?? null);
}
