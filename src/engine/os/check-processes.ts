import type { ExactIdentity } from '../../base/process-identity.ts';
import { isStillAlive, listPids, readProcStat } from '../../base/proc-stat.ts';
import { HealerError } from '../../protocol/errors.ts';
import { findBinary } from './resolve-binary.ts';
import type { Libc } from '../../base/libc.ts';
import { type CheckLimitMark, createCheckLimitMark } from './check-limit-mark.ts';
import type { Cgroups } from './cgroups.ts';
import { type CheckCommand, endCheck } from './end-check.ts';
import { readEnvironmentVariable } from './process-table.ts';
import { MARK_VARIABLE } from '../../config/instance/instance-name.ts';
import { type RunMarks } from './run-mark.ts';
import { sendTo } from './send-signal.ts';
import type { Surround } from './with-open-files-limit.ts';

interface CheckProcessesOptions {
  readonly cgroups: Cgroups | null;
  readonly libc: Libc | null;
  readonly stateDir: string;
  /** Returns whether a child of the engine is the main process of a program. */
  readonly isMain: (pid: number) => boolean;
}

/** A check of a program by its number, which no other check has. */
export interface CheckRun {
  readonly id: string;
  readonly number: number;
  /** Whether it may run beside other checks of the program, as hooks do, so that it needs a cgroup of its own. */
  readonly isSeparate?: boolean;
}

/** A process that a check left behind. */
interface LeftProcess {
  readonly pid: number;
  readonly name: string;
}

/** A shell that cannot pass these on: it drops variables whose names are not valid in a script. */
const PLAIN_NAME = /^[A-Za-z_]\w*$/;
const SHELL = '/bin/sh';
/** Variables that a shell adds. */
const OF_SHELL = ['PWD', 'OLDPWD', 'SHLVL'];

/** Contains the processes of health checks: in a cgroup of their own, and without one by marks, session and descent. */
export class CheckProcesses {
  readonly #cgroups: Cgroups | null;
  readonly #limitMark: CheckLimitMark;
  readonly #marks: RunMarks;
  readonly #isMain: (pid: number) => boolean;
  /** The number of the current check, or of the last one that could not be started, by program. */
  readonly #running = new Map<string, number>();
  /** The command of the last check that was killed before it had exited, by program. */
  readonly #killed = new Map<string, ExactIdentity>();

  constructor({ cgroups, libc, stateDir, isMain }: CheckProcessesOptions, marks: RunMarks) {
    this.#cgroups = cgroups;
    this.#isMain = isMain;
    this.#limitMark = createCheckLimitMark(libc, stateDir);
    this.#marks = marks;
  }

  /**
   * Returns what starts the command of a check so that it can be ended completely.
   * @throws HealerError SPAWN_FAILED while the command of an earlier check does not exit although it was killed
   */
  begin(
    check: CheckRun,
    { command, cwd, env }: { command: string; cwd: string; env: Readonly<Record<string, string>> },
  ): { readonly enter: readonly string[]; readonly around: Surround } {
    const { number } = check;
    const key = keyOf(check);
    this.#refuseMore(key);
    this.#running.set(key, number);
    const file = this.#cgroups?.openCheck(key) ?? null;
    const canEnter = file !== null && Object.keys(env).every((name) => PLAIN_NAME.test(name));
    // The shell would describe a missing command in other words than the system call.
    const isThere = canEnter && findBinary(command, cwd, env['PATH'], {}) !== null;
    const enter = isThere ? [SHELL, '-c', enterScript(env), file] : [];
    return { enter, around: this.#limitMark.around(number) };
  }

  /** Kills the command of a check and everything that it started. Returns what it left behind. */
  end(check: CheckRun, command: CheckCommand): readonly LeftProcess[] {
    const { id, number } = check;
    const key = keyOf(check);
    if (this.#running.get(key) === number) this.#running.delete(key);
    const stat = command.isRunning ? readProcStat(command.pid) : null;
    if (stat !== null) this.#killed.set(key, stat);
    const inside = command.isRunning
      ? []
      : (this.#cgroups?.checkMembersOf(key) ?? []).filter((pid) => pid !== command.pid);
    const left = new Map(inside.flatMap((pid) => nameOf(pid)));
    const isOfCheck = (pid: number): boolean => {
      const found = this.#limitMark.checkOf(pid);
      return found !== null && ![...this.#running.values()].includes(found);
    };
    const mark = this.#marks.checkMarkOf(id, number);
    for (const { pid, name } of endCheck(command, { mark, isOfCheck, isMain: this.#isMain })) left.set(pid, name);
    this.#cgroups?.killCheck(key);
    if (check.isSeparate === true) this.#cgroups?.removeCheck(key);
    return [...left].map(([pid, name]) => ({ pid, name }));
  }

  /** Checks that wait for a device or a network file system would pile up: not even SIGKILL ends them. */
  #refuseMore(key: string): void {
    const earlier = this.#killed.get(key);
    if (earlier === undefined) return;
    if (isStillAlive(earlier)) {
      const pid = String(earlier.pid);
      throw new HealerError(
        'SPAWN_FAILED',
        `the command of an earlier check (pid ${pid}) does not exit even after SIGKILL; it may wait for a device or a network file system: see "ps -o stat,wchan ${pid}"`,
        { pid: earlier.pid },
      );
    }
    this.#killed.delete(key);
  }

  /** Kills the commands of checks that a killed engine left running, and what checks of this engine left behind. */
  endLost(): void {
    this.#cgroups?.killChecks();
    for (const pid of listPids()) {
      const mark = readEnvironmentVariable(pid, MARK_VARIABLE);
      const isMarked =
        mark === null ? this.#limitMark.checkOf(pid) !== null : this.#marks.ownerOfPid(pid)?.kind === 'check';
      if (isMarked) sendTo(pid, 'SIGKILL');
    }
  }
}

/** Returns the name under which a check is known; no program id contains the separator. */
function keyOf({ id, number, isSeparate }: CheckRun): string {
  return isSeparate === true ? `${id}+${String(number)}` : id;
}

/** The shell moves itself, so no process that the command starts is outside for a moment. */
function enterScript(env: Readonly<Record<string, string>>): string {
  const added = OF_SHELL.filter((name) => !(name in env));
  return `echo 0 2>/dev/null >"$0"; ${added.length === 0 ? '' : `unset ${added.join(' ')}; `}exec "$@"`;
}

function nameOf(pid: number): [pid: number, name: string][] {
  const stat = readProcStat(pid);
  return stat === null ? [] : [[pid, stat.name]];
}
