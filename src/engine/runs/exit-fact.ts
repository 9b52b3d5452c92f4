import { isSameProcess } from '../../base/process-identity.ts';
import type { RequestedSignal } from '../../policy/exit-facts.ts';
import { mayGoToBackground } from '../../policy/lifecycle/forking.ts';
import type { FactOf } from '../../policy/lifecycle/facts.ts';
import { type Leftover, type Run, runOf, runsOf } from '../../policy/lifecycle/state.ts';
import { type ExitStatus, UNKNOWN_EXIT } from '../../protocol/run.ts';
import type { ManagedProgram } from '../core/managed-program.ts';
import type { ProgramRun } from '../core/ports.ts';
import type { ProcessTree } from '../os/process-tree.ts';
import { coreDumpField } from '../os/core-dumps.ts';
import { shortCommand } from '../os/short-command.ts';
import { identityOf } from './identity-of.ts';

/** A younger run was hardly sampled, so it is unknown whether it had children that left its process group. */
const UNSAMPLED_MS = 2_000;
/** An event names at most this many leftover processes. */
const MAX_NAMED = 10;

type Tree = Pick<ProcessTree, 'leftovers' | 'hasLeftovers'>;

/** What the fact of an exit depends on besides the program and the exit status. */
interface ExitCircumstances {
  readonly atWall: number;
  readonly nowMs: number;
  readonly tree: Tree;
  /** Returns whether the kernel has just killed a process for lack of memory. */
  readonly isOutOfMemory: () => boolean;
  /** The run that exited; the current one by default. */
  readonly run?: Run | null;
}

/** Returns the fact for the exit of a program's main process, including whether it left processes behind. */
export function exitFactOf(
  { id, program, usage, signaled }: ManagedProgram,
  status: ExitStatus | null,
  { atWall, nowMs, tree, isOutOfMemory, run = runOf(program.state) }: ExitCircumstances,
): FactOf<'exited'> | null {
  if (run === null) return null;
  const uptimeMs = Math.max(0, Math.round(nowMs - run.startedAt.mono));
  // Without any sample, the run may be an old one that this engine has just adopted.
  const hadOthers = usage === null || usage.processes > 1 || uptimeMs < UNSAMPLED_MS;
  // The cgroup of the program also contains the other run.
  const isAlone = runsOf(program.state).length < 2;
  const leftovers = isAlone
    ? mayHaveLeftovers(tree, { id, run }, hadOthers)
    : leftoversOf(tree, { id, run }).length > 0;
  const isStopping = program.state.name === 'stopping';
  const request = isStopping ? null : requestedSignal(signaled, run, status, nowMs);
  // A SIGKILL that healer sent is no sign of a lack of memory.
  const mayBeOom = status?.signal === 'SIGKILL' && !isStopping && request?.signal !== 'SIGKILL';
  const oom = mayBeOom && isOutOfMemory() ? { outOfMemory: true } : {};
  const dump = coreDumpField(program.spec.cwd, run.pid, status, atWall);
  const exit = {
    ...(status ?? UNKNOWN_EXIT),
    atWall,
    uptimeMs,
    ...oom,
    ...dump,
    ...(request === null ? {} : { requested: request }),
  };
  const areNamed = leftovers && (program.spec.leftovers === 'kill' || mayGoToBackground(program, exit));
  const left = areNamed ? leftoversOf(tree, { id, run }) : [];
  return { kind: 'exited', of: run, exit, leftovers, ...(left.length === 0 ? {} : { left }) };
}

/** How long after a signal an exit is named together with it, unless it ended the process. */
const CONNECTED_MS = 10_000;

/** Returns the signal that was sent to a process on request and that ended it, or may have made it exit; null without one. */
function requestedSignal(
  sent: ManagedProgram['signaled'],
  run: Run,
  status: ExitStatus | null,
  nowMs: number,
): RequestedSignal | null {
  if (sent === null || !isSameProcess(sent, run)) return null;
  const agoMs = Math.max(0, Math.round(nowMs - sent.atMono));
  if (status?.signal !== sent.signal && agoMs > CONNECTED_MS) return null;
  return { signal: sent.signal, by: sent.by, agoMs };
}

/** Without descriptors, their names cannot be read. */
function leftoversOf(tree: Tree, target: ProgramRun): readonly Leftover[] {
  try {
    const found = tree.leftovers(identityOf(target)).slice(0, MAX_NAMED);
    return found.map((stat) => ({ pid: stat.pid, command: shortCommand(stat) }));
  } catch {
    return [];
  }
}

/** Without descriptors, the process table cannot be read: leftovers are assumed, and looked for again later. */
function mayHaveLeftovers(tree: Tree, target: ProgramRun, thorough: boolean): boolean {
  try {
    return tree.hasLeftovers(identityOf(target), thorough);
  } catch {
    return true;
  }
}
