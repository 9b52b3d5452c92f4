import { callerOpenFilesLimit } from '../../base/open-files-limit.ts';
import { descriptors } from '../../base/descriptors.ts';
import type { ExactIdentity, ProcessIdentity } from '../../base/process-identity.ts';
import type { FactOf } from '../../policy/lifecycle/facts.ts';
import { type Run, runOf } from '../../policy/lifecycle/state.ts';
import type { Shortage } from '../../policy/shortage.ts';
import { effectiveMode } from '../../policy/healing.ts';
import { kernelLimits } from '../../policy/kernel-limits.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import { type ExitStatus } from '../../protocol/run.ts';
import type { ContainmentKind } from '../../protocol/snapshot.ts';
import type { AdoptionPorts, BootPorts } from '../definitions/heirs.ts';
import type { Clock } from '../core/clock.ts';
import type { Surroundings } from '../health/probe.ts';
import type { LogTransport } from '../logs/files/log-transport.ts';
import { pipePathsOf } from '../logs/files/run-pipes.ts';
import type { ManagedProgram } from '../core/managed-program.ts';
import type { Cgroups } from '../os/cgroups.ts';
import { CheckProcesses } from '../os/check-processes.ts';
import type { ChildExits, Launcher, OrphanExits } from '../os/launcher.ts';
import { createDesktopSessionCache } from '../os/desktop-session-cache.ts';
import { createNodeLauncher } from '../os/node-launcher.ts';
import { withOpenFilesLimit } from '../os/with-open-files-limit.ts';
import { createPosixLauncher } from '../os/posix-launcher.ts';
import { endProcesses } from '../os/end-processes.ts';
import { InstanceCensus, type MarkedProcess } from '../os/instance-census.ts';
import { createProcessTableReader, type ReadProcessTable } from '../os/process-table.ts';
import { createProcessTree, type ProcessTree } from '../os/process-tree.ts';
import type { Binaries } from '../os/resolve-binary.ts';
import { createRunMarks, type RunMarks } from '../os/run-mark.ts';
import type { Ports, ProgramRun } from '../core/ports.ts';
import { KEPT_FREE } from '../core/kept-free.ts';
import { ResourceShortage } from '../core/resource-shortage.ts';
import { OomKills } from '../os/oom-kills.ts';
import { descriptorShortage, shortageOf } from '../os/shortage.ts';
import { Watchers } from '../core/watchers.ts';
import { adoptDuplicate } from './adopt-duplicate.ts';
import { createAdoptionPorts, createBootPorts, type WitnessPorts } from './boot-ports.ts';
import { EndedRuns } from './ended-runs.ts';
import { exitFactOf } from './exit-fact.ts';
import { createForkedPrograms, type ForkedPrograms } from './forked-programs.ts';
import type { ProcStat } from '../../base/proc-stat.ts';
import { identityOf } from './identity-of.ts';
import { createUnmanagedProcesses, type UnmanagedProcesses } from './unmanaged-processes.ts';
import { LeftOutput } from './left-output.ts';
import { ProgramDisplays } from './program-displays.ts';
import type { ProgramRunnerOptions } from './program-runner-options.ts';
import { hasReadyPipe, readyLineOf } from '../launching/launch-extras.ts';
import { ListeningSockets } from '../launching/listening-sockets.ts';
import { ProgramLauncher } from '../launching/program-launcher.ts';

/** Always the same object, so that comparing identities detects changes. */
const NO_BINARIES: Binaries = {};

/** How long programs that wait for a resource do not try again after another one was refused. */
const REFUSAL_MS = 250;

const NO_PROCESSES: UnmanagedProcesses = { atStart: () => [], now: () => [] };

/** Starts, signals and inspects the processes of programs. */
export class ProgramRunner {
  /** Children have exited; several exits at once are reported together. */
  readonly onExits = new Watchers<Parameters<ChildExits>>();
  /** A process that was re-parented to the engine has exited. */
  readonly onOrphan = new Watchers<Parameters<OrphanExits>>();
  readonly marks: RunMarks;
  readonly unmanaged: UnmanagedProcesses;
  readonly leaves: (id: string) => boolean;
  readonly readTable: ReadProcessTable;
  readonly leftOutput: LeftOutput;
  readonly listening: ListeningSockets;
  readonly displays: ProgramDisplays;
  readonly #clock: Clock;
  readonly #forked: ForkedPrograms;
  readonly #tree: ProcessTree;
  readonly #launcher: Launcher;
  readonly #programs: ProgramLauncher;
  readonly #pipesDir: string;
  readonly #cgroups: Cgroups | null;
  readonly #checks: CheckProcesses;
  readonly #oomKills = new OomKills();
  readonly #logs: LogTransport;
  readonly #released: ProgramRunnerOptions['released'];
  #binariesOf: (id: string) => Binaries = () => NO_BINARIES;
  readonly #ended = new EndedRuns((id, run) => void this.#logs.ended(id, run));
  /** The last shortage that the kernel reported. Programs that wait already do not all try again at once. */
  #refusal: { readonly shortage: Shortage | null; readonly untilMs: number } = { shortage: null, untilMs: 0 };

  constructor(options: ProgramRunnerOptions, logs: LogTransport) {
    const { libc, clock, stateDir, isMain, leaves, released } = options;
    this.leaves = leaves;
    this.#released = released;
    const onExits: ChildExits = (exits) => {
      this.#tree.childrenExited();
      this.#oomKills.together(() => this.onExits.emit(exits));
    };
    const hasProc = process.platform === 'linux';
    this.#clock = clock;
    this.#logs = logs;
    this.listening = new ListeningSockets(libc, logs.sockets);
    this.leftOutput = new LeftOutput(logs, options.pipesDir);
    this.#pipesDir = options.pipesDir;
    this.marks = createRunMarks(stateDir, (id, run) => run <= released.lastOf(id));
    const now = (): number => clock.now().mono;
    const readTable = createProcessTableReader(now);
    this.readTable = readTable;
    this.#cgroups = options.cgroups;
    const { marks } = this;
    const sessions = createDesktopSessionCache(now);
    this.#tree = createProcessTree({
      ...{
        readTable,
        marks,
        isMain,
        leaves,
        hasLeft: (id) => released.lastOf(id) > 0,
        hasProc,
        isSubreaper: libc !== null,
        containment: options.cgroups,
      },
    });
    this.unmanaged = hasProc ? createUnmanagedProcesses(now, readTable, isMain) : NO_PROCESSES;
    this.#checks = new CheckProcesses(options, marks);
    const withLimit = withOpenFilesLimit(libc, callerOpenFilesLimit(process.env));
    this.#launcher =
      libc === null
        ? createNodeLauncher(onExits)
        : createPosixLauncher(libc, onExits, withLimit, (orphan) => this.onOrphan.emit(orphan));
    this.#forked = createForkedPrograms({
      ...{ tree: this.#tree, marks, launcher: this.#launcher, logs, pipesDir: options.pipesDir, isMain },
      keepDaemon: (id, daemon) => this.keepDaemon(id, daemon),
    });
    this.#programs = new ProgramLauncher({
      launcher: this.#launcher,
      withLimit,
      marks: this.marks,
      checks: this.#checks,
      openPipes: (id, run, hasReadyPipe) => logs.prepare(id, run, hasReadyPipe),
      sockets: logs.sockets,
      listening: this.listening,
      discardPipes: (id, run) => logs.discard(id, run),
      hasProc,
      binaries: (id) => this.#binariesOf(id),
      findSession: sessions.find,
      reachesDisplay: sessions.reaches,
    });
    this.displays = new ProgramDisplays(this.#programs);
  }

  readonly ports: Omit<Ports, 'recorder'> = {
    shortage: (isWaiting) => this.#shortage(isWaiting),
    spawn: (spec, runNumber) => this.#spawn(spec, runNumber),
    adoptDuplicate: (spec, runNumber) => adoptDuplicate(spec, runNumber, this.#clock, this),
    sendStop: (target, signal, to) => this.#tree.signal(identityOf(target), signal, to),
    resumeTree: (target) => this.#tree.signal(identityOf(target), 'SIGCONT', 'tree'),
    signalMain: (target, signal) => this.#tree.signal(identityOf(target), signal, 'main'),
    freezeTree: (target) => this.#tree.freeze(identityOf(target)),
    killTree: (target) => this.#tree.kill(identityOf(target)),
    hasLeftovers: (target, thorough) => this.#tree.hasLeftovers(identityOf(target), thorough),
    findMain: (target, spec) => this.#forked.findMain(target, spec),
    followMain: (target, spec) => this.#forked.followMain(target, spec),
    closeRun: ({ id, run }) => this.#closeRun(id, run.number),
  };

  /** Sets the configured paths of executables, by command name, for each program. */
  useBinaries(binariesOf: (id: string) => Binaries): void {
    this.#binariesOf = binariesOf;
  }

  bootPorts(witnessed: WitnessPorts): BootPorts {
    return createBootPorts(this.adoptionPorts(), { clock: this.#clock, tree: this.#tree }, witnessed);
  }

  adoptionPorts(): AdoptionPorts {
    return createAdoptionPorts(this, { clock: this.#clock, tree: this.#tree });
  }

  /** Sends SIGTERM to processes, and SIGKILL to those still alive a second later. */
  async endProcesses(processes: readonly MarkedProcess[]): Promise<void> {
    if (processes.length > 0) await endProcesses(processes.map(({ stat }) => stat));
  }

  /** Returns the live processes of this instance, recorded or not. Finds none on systems without /proc. */
  census(): InstanceCensus {
    return new InstanceCensus(this.readTable(0), this.marks.ownerOfProcess);
  }

  /** Continues to collect the output of an adopted run. */
  followAdopted(spec: ProcessSpec, { id, run }: ProgramRun): void {
    const { number, pid, startTicks, foreign } = run;
    if (foreign !== true) this.#cgroups?.adopt(id, pid);
    this.#tree.follow(identityOf({ id, run }));
    this.displays.adopted(id, run);
    const pipes = foreign === true ? null : pipePathsOf(this.#pipesDir, id, number, hasReadyPipe(spec));
    const followed = { id, run: number, pid, startTicks, pipes, log: spec.logs };
    this.#logs.follow({ startedAtWall: null, ...readyLineOf(spec), ...followed });
    this.#programs.renewNoticeAddress(spec);
  }

  /** Returns the fact for the exit of a program's main process, including whether it left processes behind. */
  exitFact(entry: ManagedProgram, status: ExitStatus | null, atWall: number, run?: Run): FactOf<'exited'> | null {
    const isOutOfMemory = (): boolean => this.#oomKills.hasGrown();
    return exitFactOf(entry, status, {
      atWall,
      nowMs: this.#clock.now().mono,
      tree: this.#tree,
      isOutOfMemory,
      ...(run === undefined ? {} : { run }),
    });
  }

  /** Returns the living processes of a run. */
  membersOf(target: ProgramRun): readonly ProcStat[] {
    return this.#tree.membersOf(identityOf(target));
  }

  /** Notes what has to be compared with an exit. Call it every second. */
  tick(): void {
    this.#oomKills.tick();
    this.#programs.tick();
  }

  /** @throws HealerError SPAWN_FAILED */
  checkSurroundings(spec: ProcessSpec, probeNumber: number): Surroundings {
    return this.#programs.checkSurroundings(spec, probeNumber);
  }

  /** @throws HealerError SPAWN_FAILED */
  commandSurroundings(spec: ProcessSpec, number: number, command: string): Surroundings {
    return this.#programs.commandSurroundings(spec, number, command);
  }

  /** Kills health check commands that a killed engine left running, and processes that the checks of this engine left behind. */
  endLostChecks(): void {
    this.#checks.endLost();
  }

  /** Keeps the kernel limits in step with the program's limits and with whether healing may act on it. */
  keepLimits({ id, program: { spec }, healing }: ManagedProgram): void {
    this.#cgroups?.limit(id, kernelLimits(spec, effectiveMode(spec, healing)));
  }

  /** Moves an escaped daemon, which was forked before its program was placed in the cgroup, into that cgroup. */
  keepDaemon(id: string, { pid, startTicks }: ExactIdentity): void {
    if (this.#cgroups?.holds(id) === true && !this.#cgroups.membersOf(id).includes(pid))
      this.#cgroups.place(id, pid, startTicks);
  }

  /** Returns how the processes of a program are tracked. */
  containmentOf({ id, program }: ManagedProgram): ContainmentKind {
    const isUnmanaged = runOf(program.state)?.foreign === true;
    return !isUnmanaged && this.#cgroups?.holds(id) === true ? 'cgroup' : 'process tree';
  }

  forget(id: string): void {
    this.#programs.forget(id);
    this.displays.forget(id);
    this.#cgroups?.forget(id);
  }

  /** @param keepsPrograms whether the programs keep running for the next engine */
  close(keepsPrograms: boolean): void {
    this.#ended.flush();
    this.#launcher.close();
    if (!keepsPrograms) this.#cgroups?.close();
  }

  #closeRun(id: string, run: number): void {
    if (this.leaves(id)) this.#released.release(id, run);
    this.#ended.note(id, run);
  }

  /** Its cost does not depend on the number of programs: every start pays it. */
  #shortage(isWaiting: boolean): Shortage | null {
    const { descriptorsPerRun, hasRoom } = this.#logs;
    const isFull = !descriptors.hasRoom(descriptorsPerRun, KEPT_FREE.programs) || !hasRoom(descriptors.limit);
    if (isFull) return descriptorShortage(descriptors.limit);
    return isWaiting && performance.now() < this.#refusal.untilMs ? this.#refusal.shortage : null;
  }

  #spawn(spec: ProcessSpec, runNumber: number): ProcessIdentity {
    descriptors.take(this.#logs.descriptorsPerRun);
    try {
      const { pid, startTicks, pipes } = this.#programs.spawn(spec, runNumber);
      const startedAtWall = this.#clock.now().wall;
      const followed = { id: spec.id, run: runNumber, pid, startTicks, pipes, log: spec.logs };
      this.#logs.follow({ startedAtWall, ...readyLineOf(spec), ...followed });
      this.#cgroups?.place(spec.id, pid, startTicks);
      return { pid, startTicks };
    } catch (error) {
      const shortage = shortageOf(error);
      if (shortage === null) throw error;
      // Another user, and the file of one program, have shortages of their own.
      if (spec.user === null && shortage.isOfProgram !== true) {
        this.#refusal = { shortage, untilMs: performance.now() + REFUSAL_MS };
      }
      throw new ResourceShortage(shortage, { cause: error });
    }
  }
}
