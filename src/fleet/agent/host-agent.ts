import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Bus, type BusStatus, connectBus } from '../bus/connect-bus.ts';
import { type BusCredential, hostCredentialFile, readCredential } from '../bus/credential.ts';
import { type ClockReading, HubTime } from '../bus/hub-time.ts';
import { HubKeeper } from '../hub/hub-keeper.ts';
import { isHub } from '../hub/hub-file.ts';
import { hostSubject } from '../contract/subjects.ts';
import { writeFacts } from '../contract/facts.ts';
import { writeRow } from '../contract/row.ts';
import { AgentProblems } from './agent-problems.ts';
import { EngineView } from './engine-view.ts';
import { FactsPublisher } from './facts-publisher.ts';
import { HostFactsSource, type OwnFacts } from './host-facts.ts';
import { HostFigures } from './host-figures.ts';
import { DuplicateWatch } from './duplicate-watch.ts';

/** The first row waits this long for what the engine knows, so that it does not show a host without programs. */
const ENGINE_MS = 1_000;
/** A row is sent at least this often. */
const HEARTBEAT_MS = 5_000;
/** And at most this often. */
const MIN_GAP_MS = 1_000;
/** Differences between clocks below this do not matter. */
const SKEW_MS = 2_000;
/** A duplicate of this host answers a row within the round trip; no request is accepted before. */
const DUPLICATE_ANSWER_MS = 500;

/** What answers requests to the host. */
export interface Responder {
  close(): Promise<void>;
}

/** What a responder needs to know about its host. */
export interface ResponderContext {
  readonly nats: Bus['nats'];
  readonly site: string;
  readonly host: string;
  readonly engine: { readonly socketPath: string; readonly stateDir: string };
  /** The file that remembers commands. */
  readonly ledgerFile: string;
  /** Resolves to the time of the hub in ms since 1970. */
  readonly hubNow: () => Promise<number>;
  /** Whether another machine uses the credential of this host. */
  readonly isColliding: () => boolean;
}

export interface HostAgentOptions {
  readonly stateDir: string;
  readonly socketPath: string;
  readonly instance: string;
  /** Receives what is degraded about the fleet, as one sentence, or null. */
  readonly onDegraded: (sentence: string | null) => void;
  /** The connection to the hub was made, or was lost. */
  readonly onConnection?: (isConnected: boolean) => void;
  /** Starts to answer requests. It is called once, after the first row was sent. */
  readonly respond?: (context: ResponderContext) => Responder;
  /** The usage of the machine; simulated hosts pass their own. */
  readonly figures?: Pick<HostFigures, 'read'>;
  /** The wall clock; tests pass one that is wrong. */
  readonly now?: () => number;
}

/** Connects one host to the bus: publishes its rows and facts, and answers requests. */
export class HostAgent {
  readonly #options: HostAgentOptions;
  readonly #credential: BusCredential;
  readonly #epoch = randomBytes(8).toString('hex');
  readonly #engine: EngineView;
  readonly #problems: AgentProblems;
  readonly #facts: FactsPublisher;
  readonly #duplicates: DuplicateWatch;
  readonly #figures: Pick<HostFigures, 'read'>;
  #keeper: HubKeeper | null = null;
  #bus: Bus | null = null;
  #hubTime: HubTime | null = null;
  #responder: Responder | null = null;
  #seq = 0;
  #sentAtMs = -Infinity;
  #next: NodeJS.Timeout | undefined;
  #isConnected = false;
  #hasLeft = false;

  /** @throws HealerError INVALID_CONFIG if this host has no usable credential */
  constructor(options: HostAgentOptions) {
    this.#options = options;
    const credential = readCredential(hostCredentialFile(options.stateDir));
    if (credential === null) throw new Error('this host has not joined a fleet: run "healer fleet join LINE"');
    this.#credential = credential;
    this.#figures = options.figures ?? new HostFigures();
    this.#problems = new AgentProblems(options.onDegraded);
    this.#engine = new EngineView(options, {
      onChange: () => this.#soon(),
      onEngine: () => this.#facts.look(),
    });
    const source = new HostFactsSource(options, this.#engine);
    const publish = (facts: OwnFacts): boolean => this.#publishFacts(facts);
    const onUnsure = (): void => void this.#hubTime?.measure();
    this.#facts = new FactsPublisher({ read: () => source.read(), publish, onUnsure });
    this.#duplicates = new DuplicateWatch(this.#epoch, () => this.#duplicateChanged());
  }

  /** Connects to the hub, however long that takes, and stays connected. */
  async start(): Promise<void> {
    this.#engine.start();
    if (isHub(this.#options.stateDir)) this.#keepHub();
    const onStatus = (status: BusStatus): void => this.#statusChanged(status);
    this.#problems.set('bus', describeAway(this.#credential, 'not connected yet'));
    const bus = await connectBus(this.#credential, { clientName: 'healer-agent', keepsTrying: true, onStatus });
    this.#bus = bus;
    const { now } = this.#options;
    const onReading = (reading: ClockReading): void => this.#clocksCompared(reading);
    this.#hubTime = new HubTime(bus, { onReading, ...(now === undefined ? {} : { now }) });
    this.#hubTime.start();
    this.#duplicates.watch(bus);
    await Promise.all([bus.nats.flush(), this.#engine.known(ENGINE_MS)]);
    if (this.#hasLeft) return;
    this.#connected();
    setTimeout(() => this.#respond(bus), DUPLICATE_ANSWER_MS);
  }

  /** Says goodbye with a last row, and disconnects. */
  async leave(): Promise<void> {
    this.#hasLeft = true;
    clearTimeout(this.#next);
    this.#facts.close();
    this.#hubTime?.close();
    await this.#responder?.close();
    if (this.#isConnected) {
      this.#publishRow({ bye: true });
      await this.#bus?.nats.flush();
    }
    await Promise.all([this.#keeper?.close(), this.#bus?.close()]);
    this.#engine.close();
  }

  #keepHub(): void {
    const onProblem = (problem: string | null): void => {
      const sentence = problem === null ? null : `the hub of the fleet on this machine: ${problem}`;
      this.#problems.set('hub', sentence);
    };
    this.#keeper = new HubKeeper(this.#options.stateDir, { onProblem });
    void this.#keeper.start().catch((error: unknown) => onProblem(String(error)));
  }

  #respond({ nats }: Bus): void {
    if (this.#hasLeft) return;
    const { site, name: host } = this.#credential;
    const { stateDir, socketPath } = this.#options;
    this.#responder =
      this.#options.respond?.({
        ...{ nats, site, host, engine: { socketPath, stateDir } },
        ledgerFile: join(stateDir, 'fleet', 'commands'),
        hubNow: () => Promise.resolve(this.#hubNow()),
        isColliding: () => this.#duplicates.isColliding,
      }) ?? null;
  }

  #hubNow(): number {
    return this.#hubTime?.now() ?? Date.now();
  }

  #statusChanged(status: BusStatus): void {
    this.#noteConnection(status.is === 'connected' || (this.#isConnected && status.is === 'forbidden'));
    if (status.is === 'connected') this.#connected();
    else if (status.is === 'away') this.#problems.set('bus', describeAway(this.#credential, status.reason));
    else if (status.is === 'refused') this.#problems.set('bus', describeRefusal(this.#credential));
  }

  #noteConnection(isConnected: boolean): void {
    if (isConnected === this.#isConnected) return;
    this.#isConnected = isConnected;
    this.#options.onConnection?.(isConnected);
  }

  #connected(): void {
    this.#noteConnection(true);
    this.#problems.set('bus', null);
    if (this.#bus === null) return;
    void this.#hubTime?.measure();
    this.#send();
    // Observers take a host for live again with its second row.
    this.#soon();
    this.#facts.connected();
  }

  #clocksCompared({ keptSince }: ClockReading): void {
    if (keptSince !== null) this.#facts.keptSince(keptSince);
    const skewMs = this.#skewMs();
    const sentence =
      skewMs === null
        ? null
        : `the clock of this host differs from that of the hub by ${(Math.abs(skewMs) / 1000).toFixed(1)} s: synchronize it, e.g. with chrony or systemd-timesyncd`;
    this.#problems.set('clock', sentence);
  }

  /** Positive if the clock of this host is ahead. */
  #skewMs(): number | null {
    const offsetMs = this.#hubTime?.reading?.offsetMs ?? 0;
    return Math.abs(offsetMs) > SKEW_MS ? Math.round(-offsetMs) : null;
  }

  #duplicateChanged(): void {
    const sentence = this.#duplicates.isColliding
      ? `another machine uses the fleet credential of "${this.#credential.name}", and both refuse changes over the fleet: run "healer fleet invite ${this.#credential.name} --replace" on the hub, and "healer fleet join" on the machine that should keep the name`
      : null;
    this.#problems.set('duplicate', sentence);
    this.#soon();
  }

  /** Sends a row now, or as soon as the last one is 1 s old. */
  #soon(): void {
    const waitMs = this.#sentAtMs + MIN_GAP_MS - performance.now();
    clearTimeout(this.#next);
    this.#next = setTimeout(() => this.#send(), Math.max(0, waitMs));
  }

  #send(): void {
    clearTimeout(this.#next);
    if (this.#hasLeft) return;
    this.#next = setTimeout(() => void this.#engine.refresh().finally(() => this.#send()), HEARTBEAT_MS);
    // While away, the client would keep rows that are outdated when it is back.
    if (this.#isConnected) this.#publishRow({ bye: false });
  }

  #publishRow({ bye }: { readonly bye: boolean }): void {
    const { site, name: host } = this.#credential;
    this.#sentAtMs = performance.now();
    this.#seq += 1;
    const row = {
      ...this.#engine.values(),
      ...this.#figures.read(),
      ...{ site, host, epoch: this.#epoch, seq: this.#seq, at: Math.round(this.#hubNow()), bye },
      skewMs: this.#skewMs(),
      collision: this.#duplicates.isColliding,
      revision: null,
    };
    const degraded = row.degraded + this.#problems.notReportedBy(this.#engine.degradedSentences());
    this.#bus?.nats.publish(hostSubject(site, host, 'row'), writeRow({ ...row, degraded }));
  }

  #publishFacts(facts: OwnFacts): boolean {
    if (!this.#isConnected || this.#bus === null) return false;
    const { site, name: host } = this.#credential;
    const now = { site, host, epoch: this.#epoch, at: Math.round(this.#hubNow()) };
    this.#bus.nats.publish(hostSubject(site, host, 'facts'), writeFacts({ ...facts, ...now }));
    return true;
  }
}

function describeAway({ servers }: BusCredential, reason: string): string {
  return `the hub of the fleet at ${servers.join(', ')} is away (${reason}): this host cannot be seen or operated from others; healing continues`;
}

function describeRefusal({ servers, name }: BusCredential): string {
  return `the hub of the fleet at ${servers.join(', ')} refuses the credential of "${name}": it was revoked; run "healer fleet leave", or "healer fleet join" with a new invitation`;
}
