import { loadLibc } from '../../base/libc.ts';
import { isSameProcess } from '../../base/process-identity.ts';
import { isDead, type ProcStat, readProcStat } from '../../base/proc-stat.ts';
import { publicName, runsOf } from '../../policy/lifecycle/state.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { ParsedParams } from '../../protocol/methods/methods.ts';
import type { SignalResult } from '../../protocol/results/signal-result.ts';
import type { Clock } from '../core/clock.ts';
import type { ManagedProgram } from '../core/managed-program.ts';
import type { ProgramRun, Recorder } from '../core/ports.ts';
import { shortCommand } from '../os/short-command.ts';
import { signalDisposition } from '../os/signal-disposition.ts';
import { signalProcess } from '../os/signal-process.ts';

type Request = ParsedParams<'signal'>;

/** What a signal to a process of a program needs of the engine. */
export interface SignalContext {
  readonly clock: Clock;
  readonly recorder: Pick<Recorder, 'record' | 'commit'>;
  /** Returns the living processes of a run. */
  readonly membersOf: (target: ProgramRun) => readonly ProcStat[];
  /** Returns the name of the caller that acts on a program; null if it has none. */
  readonly actingFor: (id: string) => string | null;
}

/** How long a process is watched that the signal should end, stop or continue, and one that handles it. */
const EXPECTED_MS = 2_000;
const HANDLED_MS = 500;
const LOOK_MS = 10;

const CONTINUES = 'SIGCONT';
const STOPS: ReadonlySet<string> = new Set(['SIGSTOP', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU']);

/**
 * Sends a signal to one process of a program, records who requested it, and returns what was found afterwards. The health of
 * the program is judged as usual: a main process that exits by the signal is restarted as its policy says.
 * @throws HealerError INVALID_STATE if the program has no such process, FORBIDDEN if this user may not signal it,
 *   PLATFORM_NOT_SUPPORTED where processes cannot be listed
 */
export async function signalMember(
  entry: ManagedProgram,
  request: Request,
  context: SignalContext,
): Promise<SignalResult> {
  const { clock, recorder } = context;
  const { id } = entry;
  const { signal } = request;
  const target = memberOf(entry, request, context);
  const { pid, startTicks } = target;
  const isMain = isMainOf(entry, target);
  const command = shortCommand(target);
  const handling = handlingOf(pid, signal);
  const by = context.actingFor(id) ?? 'the operator';
  const began = clock.now().mono;
  const { libc } = loadLibc();
  const delivery = signalProcess(libc, target, signal as NodeJS.Signals);
  if (delivery !== 'sent') throw undelivered(delivery, id, request, pid);
  if (isMain) entry.signaled = { pid, startTicks, signal, by, atMono: began };
  recorder.record({
    kind: 'signaled',
    process: id,
    pid,
    reason: `${by} sent ${signal} to ${isMain ? 'the main process' : 'another process'} (${command})`,
    data: { signal, startTicks, command, main: isMain },
  });
  recorder.commit();
  const found = await lookAfter(target, signal, handling);
  const tookMs = Math.round(clock.now().mono - began);
  if (isMain && found === 'exited') await until(() => !isMainOf(entry, target), EXPECTED_MS);
  return {
    ...{ id, pid, startTicks, command, signal, isMain, handling, found, tookMs },
    state: publicName(entry.program.state),
  };
}

/** @throws HealerError unless the request names a process of the program that may be signaled */
function memberOf({ id, program }: ManagedProgram, request: Request, { membersOf }: SignalContext): ProcStat {
  const { signal, pid, startTicks } = request;
  const data = { id, operation: 'signal', signal, ...(pid === undefined ? {} : { pid }) };
  const refuse = (why: string): HealerError =>
    new HealerError('INVALID_STATE', `cannot send ${signal} to "${id}": ${why}`, data);
  if (process.platform !== 'linux') {
    const why = `processes can only be signaled on Linux — use "kill" with the pid of "healer ls"`;
    throw new HealerError('PLATFORM_NOT_SUPPORTED', `cannot send ${signal} to "${id}": ${why}`, data);
  }
  const runs = runsOf(program.state);
  const [main] = runs;
  if (main === undefined) throw refuse(`it is not running (${program.why})`);
  if (signal === CONTINUES && program.state.name === 'paused')
    throw refuse(`it is paused — use "healer resume ${id}", which continues all its processes`);
  const wanted = pid ?? main.pid;
  if (wanted === process.pid) throw refuse(`pid ${String(wanted)} is the engine itself`);
  const found = runs.flatMap((run) => membersOf({ id, run })).find((member) => member.pid === wanted);
  if (found === undefined) {
    const next = `"healer describe ${id}" lists its processes`;
    throw refuse(`pid ${String(wanted)} is not one of its processes, or has exited — ${next}`);
  }
  if (startTicks !== undefined && startTicks !== found.startTicks)
    throw refuse(`pid ${String(wanted)} is another process now; the one that was meant has exited`);
  return found;
}

function undelivered(delivery: 'gone' | 'refused', id: string, { signal }: Request, pid: number): HealerError {
  const data = { id, operation: 'signal', signal, pid };
  const what = `cannot send ${signal} to pid ${String(pid)} of "${id}"`;
  return delivery === 'gone'
    ? new HealerError('INVALID_STATE', `${what}: the process has just exited`, data)
    : new HealerError('FORBIDDEN', `${what}: the user of the engine may not signal it`, data);
}

/** SIGKILL, SIGSTOP and SIGCONT take effect whatever a process says. */
function handlingOf(pid: number, signal: string): SignalResult['handling'] {
  if (signal === 'SIGKILL' || signal === 'SIGSTOP' || signal === CONTINUES) return 'default';
  return signalDisposition(pid, signal);
}

/** Watches a process for as long as the signal may take, and returns what it is then. */
async function lookAfter(
  target: ProcStat,
  signal: string,
  handling: SignalResult['handling'],
): Promise<SignalResult['found']> {
  if (handling === 'ignored' || handling === 'blocked') return findingOf(target);
  const isExpected = handling !== 'handled';
  const expected = !isExpected ? 'exited' : STOPS.has(signal) ? 'stopped' : signal === CONTINUES ? 'running' : 'exited';
  const isOver = (found: SignalResult['found']): boolean => found === expected || found === 'exited';
  await until(() => isOver(findingOf(target)), isExpected ? EXPECTED_MS : HANDLED_MS);
  return findingOf(target);
}

/** Resolves once something is the case, or after a time. */
async function until(isSo: () => boolean, forMs: number): Promise<void> {
  const deadline = performance.now() + forMs;
  while (!isSo() && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
}

function isMainOf({ program }: ManagedProgram, target: ProcStat): boolean {
  return runsOf(program.state).some((run) => isSameProcess(run, target));
}

function findingOf({ pid, startTicks }: ProcStat): SignalResult['found'] {
  const stat = readProcStat(pid);
  if (stat?.startTicks !== startTicks || isDead(stat)) return 'exited';
  return stat.state === 'T' ? 'stopped' : 'running';
}
