import { openSync, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureFolder, PRIVATE_FILE } from '../base/atomic-file.ts';
import { loadLibc } from '../base/libc.ts';
import { resolvePaths } from '../config/paths.ts';
import { toHealerError } from '../protocol/errors.ts';
import type { ShutdownResult } from '../protocol/methods.ts';
import { systemClock } from './clock.ts';
import { DeferredListener } from './deferred-listener.ts';
import { createForegroundOutput } from './foreground-output.ts';
import { createLogTransport } from './logs/create-log-transport.ts';
import { openCgroups } from './os/cgroups.ts';
import { cgroupNameOf, createOwnerIdOf, createRunMarks } from './os/run-mark.ts';
import { createServiceNotifier } from './os/service-notifier.ts';
import { becomeSubreaper } from './os/subreaper.ts';
import { RemoteServers } from './remote-servers.ts';
import type { LogTransportListener } from './logs/log-transport.ts';
import { RunningEngine } from './running-engine.ts';
import { createSampler } from './sampling/create-sampler.ts';
import { createHostSampler } from './sampling/host-facts.ts';
import { servedEngine } from './serve.ts';
import { serveSocket } from './servers/socket-server.ts';
import type { ShutdownOptions } from './shutdown.ts';
import { describeCounts } from './status.ts';
import { acquireInstanceLock } from './store/instance-lock.ts';

const EVERYTHING: ShutdownOptions = { keep: false, timeoutMs: null };

export interface EngineOptions {
  readonly instance: string;
  /** Absolute paths of what defines programs. */
  readonly files: readonly string[];
  /** Observe mode for all programs. */
  readonly observes: boolean;
  /** Tells events on standard output. */
  readonly foreground: boolean;
}

/**
 * Runs the engine until it is told to go down. The composition root: everything that reaches outside is made here.
 * @throws HealerError ALREADY_RUNNING, IO_ERROR or FORBIDDEN when it cannot start.
 */
export async function runEngine({ instance, files, observes, foreground }: EngineOptions): Promise<void> {
  const paths = resolvePaths(process.env, instance);
  const native = loadLibc();
  const manager = createServiceNotifier(process.env, native.libc, () => describeCounts(running.status().counts));
  for (const folder of [paths.stateDir, paths.runtimeDir, paths.logsDir, paths.pipesDir]) ensureFolder(folder);
  const lock = acquireInstanceLock(paths.lock, native.libc);
  if (native.libc !== null) becomeSubreaper(native.libc);
  // The terminal may go away; the engine stays.
  process.on('SIGHUP', () => undefined);

  // Before the keeper is started, so that it is where the engine is.
  const containment = openCgroups(cgroupNameOf(paths.stateDir), process.env);
  const { pipesDir, logsDir, runtimeDir, engineLog } = paths;
  const transportNews = new DeferredListener();
  const started = await createLogTransport(native, {
    instance,
    runtimeDir,
    pipesDir,
    logsDir,
    keeper: keeperOf(engineLog),
    listener: transportNews,
  });
  const running = new RunningEngine({
    paths,
    files,
    observes,
    clock: systemClock,
    libc: native.libc,
    logs: started.transport,
    sampler: createSampler(() => systemClock.now().mono, createOwnerIdOf(createRunMarks(paths.stateDir))),
    host: createHostSampler({ now: () => systemClock.now().mono, diskPath: paths.stateDir }),
    containment,
    onEvents: foreground ? createForegroundOutput() : () => undefined,
  });
  if (native.libc === null) running.degradations.set('native', describeMissing(native.problem));

  let goingDown: Promise<ShutdownResult> | undefined;
  const shutdown = (options: ShutdownOptions): Promise<ShutdownResult> => {
    if (goingDown === undefined) manager.stopping();
    goingDown ??= running.shutdown(options).then((result) => {
      // Behind the answer to whoever asked.
      setImmediate(() => ended.resolve());
      return result;
    });
    return goingDown;
  };
  const ended = withResolvers();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void shutdown(EVERYTHING));
  await running.start(started);
  transportNews.deliverTo(newsFor(running));
  // Whoever gets an answer sees every program.
  const served = servedEngine(running, shutdown);
  const server = await serveSocket(paths.socket, served);
  const remote = new RemoteServers(running, served);
  running.countClients(() => server.clients() + remote.clients);
  manager.ready();
  await ended.promise;
  manager.close();
  await Promise.all([server.close(), remote.close()]);
  lock.release();
}

function newsFor(running: RunningEngine): LogTransportListener {
  return {
    onExit: (exit) => running.onWitnessedExit(exit),
    onGap: (gap) => running.onLogGap(gap),
    onTrouble: (message) => {
      running.records.tellEngine('engine-degraded', message);
      running.records.commit();
    },
  };
}

function describeMissing(problem: string): string {
  return `system calls are not available (${problem}): starts are slower, and log lines in flight when the engine is killed may be lost; reinstall healer with its optional packages`;
}

function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}

/** The bundle of the keeper stands beside that of the engine, and what it prints goes where the engine's goes. */
function keeperOf(engineLog: string): { readonly path: string; readonly outputFd: number } {
  return {
    path: fileURLToPath(new URL('./keeper.js', import.meta.url)),
    outputFd: openSync(engineLog, 'a', PRIVATE_FILE),
  };
}

/** Exit code of an engine that found another one at work: EX_TEMPFAIL of sysexits.h. */
const GAVE_WAY = 75;

async function runFromCommandLine(): Promise<void> {
  const { values } = parseArgs({
    options: {
      instance: { type: 'string' },
      file: { type: 'string', multiple: true },
      observe: { type: 'boolean' },
    },
  });
  process.title = 'healer';
  try {
    const { instance = 'default', file: files = [], observe: observes = false } = values;
    await runEngine({ instance, files, observes, foreground: false });
    process.exit(0);
  } catch (error) {
    const { code, message } = toHealerError(error);
    process.stderr.write(`${message}\n`);
    process.exit(code === 'ALREADY_RUNNING' ? GAVE_WAY : 1);
  }
}

/** The command line either starts this file as a program or imports it to become the engine itself. */
const isProgram = process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url);
if (isProgram) await runFromCommandLine();
