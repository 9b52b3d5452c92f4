import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadLibc } from '../base/libc.ts';
import type { EngineStartOptions } from '../config/instance/engine-arguments.ts';
import { ensureEngineFolders } from '../config/instance/own-folder.ts';
import { openEngineLog } from '../config/instance/engine-log.ts';
import { type Paths, resolvePaths } from '../config/instance/paths.ts';
import { EXIT_OTHER_ENGINE, EXIT_UNUSABLE_FILES, spawnEngine } from '../config/instance/spawn-engine.ts';
import { startingSources } from './definitions/starting-sources.ts';
import { toHealerError } from '../protocol/errors.ts';
import { systemClock } from './core/clock.ts';
import { DeferredListener } from './runs/deferred-listener.ts';
import { endOnly } from './assembly/end-only.ts';
import { type Afterwards, ShutdownOnce } from './assembly/shutdown-once.ts';
import { shutDownOnSignals } from './assembly/shutdown-signals.ts';
import type { ServedEngine } from './access/served-engine.ts';
import { printPrograms, type ProgramOutputOptions } from './endpoints/foreground-programs.ts';
import { type ForegroundOutput, openForegroundOutput } from './records/foreground-output.ts';
import { keepCodeWarm } from './core/keep-code-warm.ts';
import { keepCompiledLater } from './core/keep-compiled.ts';
import { createLogTransport } from './logs/create-log-transport.ts';
import { logNewsFor } from './runs/log-news.ts';
import { openCgroups } from './os/cgroups.ts';
import { cgroupNameOf } from '../config/instance/instance-name.ts';
import { createOwnerIdOf, createRunMarks } from './os/run-mark.ts';
import { createServiceNotifier, isManagedByService } from './os/service-notifier.ts';
import { leaveCaller, outliveCaller } from './os/leave-caller.ts';
import type { OwnTerminal } from './os/own-terminal.ts';
import { becomeSubreaper } from './os/subreaper.ts';
import { type NextEngine, Successor } from './peer/next-engine.ts';
import { OwnStartNote } from './peer/own-start-note.ts';
import { PeerLink } from './peer/peer-link.ts';
import { RemoteServers } from './endpoints/remote-servers.ts';
import type { EngineParts } from './assembly/engine-parts.ts';
import { assembleEngine, type RunningEngine } from './assembly/running-engine.ts';
import { shutDownEngine } from './assembly/shut-down-engine.ts';
import { noteShortcomings } from './assembly/own-shortcomings.ts';
import { startEngine } from './assembly/start-engine.ts';
import { metricsSourceOf } from './endpoints/metrics-source.ts';
import { createSampler } from './sampling/create-sampler.ts';
import { createHostSampler } from './sampling/host-facts.ts';
import { EngineEntrance } from './endpoints/engine-entrance.ts';
import { servedEngine } from './endpoints/serve.ts';
import { serveSocket } from './servers/socket-server.ts';
import type { ShutdownOptions } from './operations/shutdown.ts';
import { describeCounts } from './core/program-counts.ts';
import { acquireInstanceLocks } from './store/instance-lock.ts';
import { AgentLink } from './fleet/agent-link.ts';
import { TelemetryPush } from './endpoints/telemetry-push.ts';
import { keepReachable } from './endpoints/keep-reachable.ts';

/** The file that Node runs. It checks the version of Node, and then loads the bundle of this module. */
const ENGINE = fileURLToPath(new URL('./engine.js', import.meta.url));
const EVERYTHING: ShutdownOptions = { keep: false, timeoutMs: null };

export interface EngineOptions extends EngineStartOptions {
  readonly instance: string;
  /** Prints events to standard output. */
  readonly foreground: boolean;
  /** Whether and how an engine in the foreground prints the output of its programs; null prints events only. */
  readonly output?: ProgramOutputOptions | null;
}

/**
 * Runs the engine until it is shut down. This is the composition root: everything that reaches outside is created here.
 * @throws HealerError ALREADY_RUNNING, IO_ERROR or FORBIDDEN if it cannot start
 */
export async function runEngine(options: EngineOptions): Promise<void> {
  leaveCaller();
  // The name by which commands find engines, and that `ps` shows.
  process.title = 'healer';
  const isManaged = isManagedByService(process.env);
  const paths = resolvePaths(process.env, options.instance);
  const native = loadLibc();
  const { limits, terminal } = outliveCaller(native.libc);
  const manager = createServiceNotifier(process.env, native.libc);
  const start = await startingSources(paths, { ...options, isManaged });
  const cleared = ensureEngineFolders(paths);
  const lock = acquireInstanceLocks(paths, native.libc);
  // A watcher has no programs of its own and must not inherit those of an engine that is killed.
  if (native.libc !== null && options.watchedInstance === null) becomeSubreaper(native.libc);
  keepCodeWarm();

  // Before the log collector is started, so that the collector is in the same cgroup as the engine.
  const containment = openCgroups(cgroupNameOf(paths.stateDir), process.env);
  const transportNews = new DeferredListener();
  const started = await createLogTransport(native, {
    ...paths,
    collector: collectorOf(paths),
    listener: transportNews,
  });
  const outside = { libc: native.libc, logs: started.transport, containment };
  const running = assembleEngine({ ...partsOf(options, paths, { containment, sources: start }), ...outside });
  noteShortcomings(running, native, limits);

  const output = options.foreground ? printEvents(running.records, terminal, options.output?.json) : null;

  const next = new Successor(
    { node: process.execPath, script: ENGINE },
    { isForeground: options.foreground, isManaged },
  );
  const note = new OwnStartNote(running, { options, isManaged });
  const shutdown: ShutdownOnce = new ShutdownOnce((how) => shutDownEngine(running, how, shutdown.onShortened));
  const shutDownAll = (): void => void shutdown.shutdown(EVERYTHING);
  const peer = new PeerLink({ running, options, script: ENGINE, onLeft: shutDownAll });
  shutdown.onBegin.add((afterwards) => leaveInstance(afterwards, { peer, manager, note }));
  shutDownOnSignals(shutdown, () => systemClock.now().mono);
  if (options.endsPrograms === true) endOnly(running, shutDownAll);
  await startEngine(running, { ...started, cleared });
  transportNews.deliverTo(logNewsFor(running));
  // No request is answered before every program is known.
  const served = servedEngine(running, {
    shutdown: (how) => shutdown.shutdown(how),
    restartMonitor: (asked) => next.choose(asked, () => shutdown.restart(() => remote.leave())),
  });
  const stopPrinting = printOutput(served, running.records, options, output);
  const entrance = new EngineEntrance(running, served);
  const server = await serveSocket(paths.socket, served, () => entrance.load());
  const remote = new RemoteServers(running, { engine: served, entrance }, (url) => note.changeStatusUrl(url));
  const outgoing = startOutgoing(running, served, options.endsPrograms === true ? null : paths);
  running.clients.add(() => server.clients());
  peer.start();
  keepCompiledLater();
  manager.ready(() => describeCounts(running.status.read().counts));
  const stopWatching = keepReachable({ ...paths, ...running, lock, server, note, logs: started.transport });
  const afterwards = await shutdown.ended.finally(stopPrinting);
  stopWatching();
  manager.close();
  const isFollowed = afterwards === 'start-again';
  await Promise.all([outgoing.close(isFollowed), server.close(), remote.close()]);
  lock.release();
  if (isFollowed) startNext(running, next.chosen, { options, isManaged });
  else peer.clearAway();
}

/** Starts what reports to other machines: the metrics and, with its paths, the agent of a host that belongs to a fleet. */
function startOutgoing(
  running: RunningEngine,
  served: ServedEngine,
  paths: Paths | null,
): { readonly close: (isFollowed: boolean) => Promise<void> } {
  const telemetry = new TelemetryPush(running, metricsSourceOf(running, served));
  const fleet = paths === null ? null : new AgentLink({ ...running, paths });
  return {
    close: (isFollowed) => {
      fleet?.close({ isFollowed });
      return telemetry.close({ isFollowed });
    },
  };
}

interface OwnPlace {
  readonly peer: PeerLink;
  readonly manager: ReturnType<typeof createServiceNotifier>;
  readonly note: OwnStartNote;
}

/** Leaves the instance to the next engine, or to none if there is to be none. */
function leaveInstance(afterwards: Afterwards, { peer, manager, note }: OwnPlace): void {
  peer.close();
  if (afterwards === 'start-again') return;
  manager.stopping();
  note.remove();
}

/** Prints events until the output is lost, and records the loss. */
function printEvents(records: RunningEngine['records'], terminal: OwnTerminal, isJson = false): ForegroundOutput {
  const output = openForegroundOutput((problem) => {
    records.announce(
      'engine-degraded',
      `the terminal or pipe of the engine is gone (${problem}): events are no longer printed; healing continues, and healing.log records every event`,
    );
  }, isJson);
  records.onEvents.add((events) => output.print(events));
  terminal.onHangUp(() => output.verify());
  return output;
}

/** Prints the output of programs in the foreground. Returns a function that stops. */
function printOutput(
  served: ServedEngine,
  records: RunningEngine['records'],
  { output }: Pick<EngineOptions, 'output'>,
  foreground: ForegroundOutput | null,
): () => Promise<void> {
  if (foreground === null || output === undefined || output === null) return () => Promise.resolve();
  return printPrograms(served, records, foreground, { ...output, startedAt: foreground.openedAt });
}

function partsOf(
  { observes }: EngineOptions,
  paths: Paths,
  { containment: { cgroups }, sources }: Pick<EngineParts, 'containment' | 'sources'>,
): Omit<EngineParts, 'libc' | 'logs' | 'containment'> {
  const now = (): number => systemClock.now().mono;
  return {
    paths,
    sources,
    observes,
    clock: systemClock,
    sampler: createSampler(now, createOwnerIdOf(createRunMarks(paths.stateDir)), {
      libc: loadLibc().libc,
      folders: { all: cgroups?.folder ?? null, of: (id) => cgroups?.folderOf(id) ?? null },
      memoryOf: (id, pids) => cgroups?.memoryOf(id, pids) ?? null,
    }),
    host: createHostSampler({ now, diskPath: paths.stateDir }),
  };
}

/**
 * Starts the next engine once the lock is free, or leaves that to the service manager, which tracks only processes that
 * it started itself.
 */
function startNext(
  { sources, parts }: Pick<RunningEngine, 'sources' | 'parts'>,
  next: NextEngine,
  { options, isManaged }: { readonly options: EngineOptions; readonly isManaged: boolean },
): void {
  if (isManaged) {
    process.exitCode = EXIT_OTHER_ENGINE;
    return;
  }
  const { instance } = parts.paths;
  const output = openEngineLog(parts.paths).fd;
  spawnEngine({
    ...next,
    instance,
    options: { ...options, files: sources.files, replaces: false, check: undefined },
    env: process.env,
    cwd: process.cwd(),
    output,
  });
}

/** The bundle of the log collector is in the same folder as that of the engine, and both print to the same file. */
function collectorOf(paths: Paths): { readonly path: string; readonly outputFd: number } {
  return {
    path: fileURLToPath(new URL('./keeper.js', import.meta.url)),
    outputFd: openEngineLog(paths).fd,
  };
}

const EXIT_CODES: Readonly<Record<string, number>> = {
  ALREADY_RUNNING: EXIT_OTHER_ENGINE,
  INVALID_CONFIG: EXIT_UNUSABLE_FILES,
};

async function runFromCommandLine(): Promise<void> {
  const { values } = parseArgs({
    options: {
      instance: { type: 'string' },
      file: { type: 'string', multiple: true },
      observe: { type: 'boolean', default: false },
      partner: { type: 'string' },
      standalone: { type: 'boolean', default: false },
      replace: { type: 'boolean', default: false },
      check: { type: 'string' },
      end: { type: 'boolean', default: false },
      verify: { type: 'boolean', default: false },
    },
  });
  // The code could be loaded, which is what an engine that replaces itself wants to know.
  if (values.verify) process.exit();
  try {
    const {
      instance = 'default',
      file: files = [],
      observe: observes,
      partner = null,
      standalone,
      replace,
      check,
      end: endsPrograms,
    } = values;
    await runEngine({
      instance,
      files,
      replaces: replace,
      check: check === 'named' || check === 'found' ? check : undefined,
      observes,
      watchedInstance: partner,
      isStandalone: standalone,
      endsPrograms,
      foreground: false,
    });
    process.exit();
  } catch (error) {
    const { code, message } = toHealerError(error);
    process.stderr.write(`${message}\n`);
    process.exit(EXIT_CODES[code] ?? 1);
  }
}

/** The CLI either runs this file as a program, of which there are two forms, or imports it to run the engine in its own process. */
const isProgram = [ENGINE, ENGINE.replace(/js$/, 'cjs')].includes(realpathSync(process.argv[1] ?? '/'));
if (isProgram) void runFromCommandLine();
