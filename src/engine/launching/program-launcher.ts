import { type Environment, splitPair } from '../../base/environment.ts';
import { chownSync } from 'node:fs';
import type { ProcessIdentity } from '../../base/process-identity.ts';
import { readProcStat } from '../../base/proc-stat.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { DisplayView } from '../../policy/display.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { Surroundings } from '../health/probe.ts';
import { resolveCredentials } from '../os/credentials.ts';
import { extrasOf, hasReadyPipe, type LaunchExtras, renewNoticeAddress } from './launch-extras.ts';
import type { ListeningSockets } from './listening-sockets.ts';
import {
  isCurrent,
  isOtherUser,
  type LaunchPlan,
  type LaunchSurroundings,
  planLaunch,
  variablesOf,
} from './launch-plan.ts';
import type { HeldSocketsLink, RunPipes } from '../logs/files/log-transport.ts';
import { ownPidSteps } from '../os/own-pid-step.ts';
import type { Preparation } from '../os/preparation.ts';
import type { Launch, Launcher } from '../os/launcher.ts';
import type { CheckProcesses, CheckRun } from '../os/check-processes.ts';
import { launchPrepared, withUmask } from '../os/launch-prepared.ts';
import type { Binaries } from '../os/resolve-binary.ts';
import { MARK_VARIABLE } from '../../config/instance/instance-name.ts';
import { NextMarks } from './next-marks.ts';
import { type RunMarks } from '../os/run-mark.ts';
import { sendTo } from '../os/send-signal.ts';
import { splitUnsafeVariables } from '../os/unsafe-variables.ts';
import type { Surround } from '../os/with-open-files-limit.ts';
import { displayOf } from './program-display.ts';
import type { FindSession, ReachesDisplay } from './program-session.ts';

/** What starting programs depends on. */
export interface ProgramLauncherPorts {
  readonly launcher: Launcher;
  /** Starts the command of a check with the limit of open files that programs have. */
  readonly withLimit: Surround;
  readonly marks: RunMarks;
  readonly checks: CheckProcesses;
  readonly openPipes: (id: string, runNumber: number, hasReadyPipe: boolean) => RunPipes;
  /** Sockets that outlive the engine; null where they are not available. */
  readonly sockets: HeldSocketsLink | null;
  readonly listening: Pick<ListeningSockets, 'open'>;
  readonly discardPipes: (id: string, runNumber: number) => void;
  /** Whether the system provides the start times of processes. */
  readonly hasProc: boolean;
  /** Called at each start, because the configuration may change. */
  readonly binaries: (id: string) => Binaries;
  readonly findSession: FindSession;
  readonly reachesDisplay: ReachesDisplay;
}

/** Starts runs of programs. A launch plan is cached until the spec of its program changes. */
export class ProgramLauncher {
  readonly #ports: ProgramLauncherPorts;
  readonly #plans = new Map<string, LaunchPlan>();
  /** Copied once, because Node calls the C library for every access to `process.env`. */
  readonly #env = { ...process.env };

  readonly #marks: NextMarks;

  constructor(ports: ProgramLauncherPorts) {
    this.#ports = ports;
    this.#marks = new NextMarks(ports.marks);
  }

  /** Prepares the next runs of programs. Call it every second. */
  tick(): void {
    this.#marks.prepare();
  }

  /** Starts a run and returns its process and log pipes. @throws HealerError SPAWN_FAILED */
  spawn(spec: ProcessSpec, runNumber: number): ProcessIdentity & { readonly pipes: RunPipes } {
    const { launcher, openPipes, discardPipes, hasProc } = this.#ports;
    const plan = this.#planOf(spec);
    const pipes = openPipes(spec.id, runNumber, hasReadyPipe(spec));
    const launched: number[] = [];
    const launch: Launch = (request) => {
      const pid = launcher.launch(request);
      launched.push(pid);
      return pid;
    };
    try {
      const mark = `${MARK_VARIABLE}=${this.#marks.take(spec, runNumber)}`;
      const { file, argv, cwd, credentials } = plan;
      const extras = this.#extrasOf(plan, pipes);
      const env = withExtras([...plan.env, mark], extras.env);
      const request = { file, argv, cwd, env, descriptors: extras.descriptors, ...pipes };
      if (credentials !== null) giveOwnership(credentials.uid, pipes);
      const preparation = preparationWith(plan.preparation, ownPidSteps(extras.ownPid, env));
      const pid = preparation === null ? launch(request) : launchPrepared(launch, request, preparation);
      return { pid, startTicks: hasProc ? (readProcStat(pid)?.startTicks ?? null) : null, pipes };
    } catch (error) {
      // A process that was started all the same must not keep running without anyone knowing it.
      for (const pid of launched) sendTo(-pid, 'SIGKILL');
      // The next attempt searches for the executable again, since it may be installed by then.
      this.#plans.delete(spec.id);
      discardPipes(spec.id, runNumber);
      throw error;
    }
  }

  /** Returns the environment of a program, for a command that checks it. @throws HealerError SPAWN_FAILED */
  checkSurroundings(spec: ProcessSpec, probeNumber: number): Surroundings {
    const command = spec.health?.check.type === 'exec' ? spec.health.check.command : '';
    return this.#surroundingsOf(spec, { id: spec.id, number: probeNumber }, command);
  }

  /** Returns the environment of a program, for a command that runs beside its check. @throws HealerError SPAWN_FAILED */
  commandSurroundings(spec: ProcessSpec, number: number, command: string): Surroundings {
    return this.#surroundingsOf(spec, { id: spec.id, number, isSeparate: true }, command);
  }

  #surroundingsOf(spec: ProcessSpec, check: CheckRun, command: string): Surroundings {
    // The plan of the current run is used: its env files may have changed since it started.
    const { env, cwd, preparation } = this.#plans.get(spec.id) ?? this.#planOf(spec);
    const { checks, marks, withLimit } = this.#ports;
    const mark = marks.checkMarkOf(spec.id, check.number);
    const { enter, around } = checks.begin(check, { command, cwd, env: Object.fromEntries(env.map(splitPair)) });
    const steps = [...enter, ...(preparation?.steps.flat() ?? [])];
    const unsafe = steps.length === 0 ? { env, restore: [] } : splitUnsafeVariables(env);
    return {
      cwd,
      env: { ...Object.fromEntries(unsafe.env.map(splitPair)), [MARK_VARIABLE]: mark },
      through: [...steps, ...unsafe.restore],
      start: (start) => around(() => withLimit(() => withUmask(preparation?.umask ?? null, start))),
      endRest: (ended) => checks.end(check, ended),
    };
  }

  /** Returns whether a run that is started now reaches a display. */
  displayOf(spec: ProcessSpec): DisplayView {
    const { findSession, reachesDisplay } = this.#ports;
    const surroundings = {
      ...this.#surroundings(spec.id),
      findSession: (uid: number) => findSession(uid, true),
      reachesDisplay: (env: Environment) => reachesDisplay(env, true),
    };
    return displayOf(spec, surroundings, this.#plans.get(spec.id));
  }

  /** Makes sure that an adopted program can still send notifications. */
  renewNoticeAddress(spec: ProcessSpec): void {
    try {
      const credentials = resolveCredentials(spec.user, spec.group);
      renewNoticeAddress(spec, this.#ports.sockets, isOtherUser(credentials));
    } catch {
      // Its user is unknown by now, or there is no descriptor left: the next start reports that.
    }
  }

  /** Returns the file that was executed for the last run of a program; null if that is unknown. */
  fileOf(id: string): string | null {
    return this.#plans.get(id)?.file ?? null;
  }

  /** Returns the environment of the last run of a program; empty if that is unknown. */
  environmentOf(id: string): Environment {
    const plan = this.#plans.get(id);
    return plan === undefined ? {} : variablesOf(plan);
  }

  /** Discards the plan of a program. */
  forget(id: string): void {
    this.#plans.delete(id);
    this.#marks.forget(id);
  }

  #extrasOf({ spec, credentials }: LaunchPlan, pipes: RunPipes): LaunchExtras {
    const { sockets, listening } = this.#ports;
    return extrasOf(spec, { pipes, sockets, isOtherUser: isOtherUser(credentials), listening: listening.open(spec) });
  }

  #surroundings(id: string): LaunchSurroundings {
    const { binaries, findSession, reachesDisplay } = this.#ports;
    return { env: this.#env, cwd: process.cwd(), binaries: binaries(id), findSession, reachesDisplay };
  }

  #planOf(spec: ProcessSpec): LaunchPlan {
    const surroundings = this.#surroundings(spec.id);
    const known = this.#plans.get(spec.id);
    if (known?.spec === spec && isCurrent(known, surroundings)) return known;
    const plan = planLaunch(spec, surroundings);
    this.#plans.set(spec.id, plan);
    return plan;
  }
}

/** Returns the environment with other variables, which replace those of the same names. */
function withExtras(env: readonly string[], extras: readonly string[]): readonly string[] {
  if (extras.length === 0) return env;
  const names = new Set(extras.map((pair) => splitPair(pair)[0]));
  return [...env.filter((pair) => !names.has(splitPair(pair)[0])), ...extras];
}

function preparationWith(preparation: Preparation | null, steps: Preparation['steps']): Preparation | null {
  if (steps.length === 0) return preparation;
  return { umask: null, niceToVerify: null, ...preparation, steps: [...(preparation?.steps ?? []), ...steps] };
}

/** Changes the owner of the log pipes, because programs may reopen /dev/stdout and /dev/stderr, which requires ownership. */
function giveOwnership(uid: number | null, { stdoutPath, stderrPath }: RunPipes): void {
  if (uid === null || uid === process.geteuid?.()) return;
  try {
    for (const path of [stdoutPath, stderrPath]) chownSync(path, uid, -1);
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    const message = `cannot change the owner of the log pipes to user ${String(uid)}: ${code}; run the engine as root`;
    throw new HealerError('SPAWN_FAILED', message, { errno: code, uid }, { cause });
  }
}
