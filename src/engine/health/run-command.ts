import type { Readable } from 'node:stream';
import { execa } from 'execa';
import { seconds } from '../../policy/exit-facts.ts';
import type { LogLine } from '../../protocol/log-line.ts';
import type { Surroundings } from './probe.ts';

/** The exit of a command, without code and signal if it could not be executed. */
interface CommandExit {
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly originalMessage?: string | undefined;
}

/** How a command of a program ended. */
export interface CommandOutcome {
  readonly ok: boolean;
  /** A phrase that follows the name of the command: "exited with code 1". */
  readonly outcome: string;
}

export interface CommandExecution {
  readonly command: string;
  readonly args: readonly string[];
  /** Null if `signal` ends the command in time. */
  readonly timeoutMs: number | null;
  /** Variables in addition to those of the program. */
  readonly env: Readonly<Record<string, string>>;
  /** Written to the standard input; null closes it. */
  readonly input: string | null;
  /** Receives the output. */
  readonly onOutput: (stream: LogLine['stream'], chunk: Buffer) => void;
  /** Kills the command, because its outcome is no longer needed. */
  readonly signal: AbortSignal;
}

/**
 * How long a killed command may take to exit, in ms. One that waits for a device or a network file system does not exit at
 * all, and must not keep its caller waiting.
 */
const KILLED_MS = 1_000;
/** How long to read remaining output after a command has exited, since another process may keep the pipe open, in ms. */
const DRAIN_MS = 100;

const OPTIONS = {
  buffer: false,
  reject: false,
  // In its own process group, so that signals to the engine's group do not reach it.
  detached: true,
  extendEnv: false,
} as const;

/**
 * Executes a command as its program is executed, and resolves once it has exited. After the timeout, or if it is no longer
 * needed, it is killed, and the promise resolves within a second even if it cannot be killed. Whatever it started is killed in
 * any case.
 * @throws HealerError if the surroundings cannot be prepared
 */
export async function runCommand(
  { command, args, timeoutMs, env: added, input, onOutput, signal }: CommandExecution,
  { env, cwd, through, start, endRest }: Surroundings,
): Promise<CommandOutcome> {
  const [file = command, ...words] = [...through, command, ...args];
  const child = start(() => execa(file, words, { ...OPTIONS, env: { ...env, ...added }, cwd, ...inputOf(input) }));
  const late = new AbortController();
  collect(child.stdout, 'stdout', onOutput);
  collect(child.stderr, 'stderr', onOutput);
  const kill = (): void => {
    if (child.pid === undefined) return;
    endRest({ pid: child.pid, isRunning: child.exitCode === null && child.signalCode === null });
    killGroup(child.pid);
  };
  const killed = killing(kill);
  late.signal.addEventListener('abort', killed.end, { once: true });
  const timer = timeoutMs === null ? undefined : setTimeout(() => late.abort(), timeoutMs);
  signal.addEventListener('abort', killed.end, { once: true });
  const closePipes = (): void => {
    child.stdout.destroy();
    child.stderr.destroy();
  };
  child.once('exit', () => {
    kill();
    setTimeout(closePipes, DRAIN_MS).unref();
  });
  const exit = await Promise.race([child, killed.failed]);
  if (exit === null) closePipes();
  clearTimeout(timer);
  killed.cancel();
  signal.removeEventListener('abort', killed.end);
  if (late.signal.aborted)
    return { ok: false, outcome: `did not exit within ${seconds(timeoutMs ?? 0)} and was killed` };
  if (exit === null || signal.aborted) return { ok: false, outcome: 'was killed, because it is no longer needed' };
  return describeExit(exit);
}

/** Returns a function that kills a command, and a promise that resolves if it has not exited soon after that. */
function killing(kill: () => void): { readonly end: () => void; readonly failed: Promise<null>; cancel: () => void } {
  let timer: NodeJS.Timeout | undefined;
  let end = kill;
  const failed = new Promise<null>((resolve) => {
    end = () => {
      kill();
      timer ??= setTimeout(() => resolve(null), KILLED_MS);
    };
  });
  return { end, failed, cancel: () => clearTimeout(timer) };
}

/** Returns how a command ended, as a phrase that follows its name. */
function describeExit({ exitCode, signal, originalMessage }: CommandExit): CommandOutcome {
  if (exitCode !== undefined) return { ok: exitCode === 0, outcome: `exited with code ${String(exitCode)}` };
  if (signal !== undefined) return { ok: false, outcome: `was killed by ${signal}` };
  return { ok: false, outcome: `cannot be executed: ${originalMessage ?? 'unknown reason'}` };
}

function inputOf(input: string | null): { readonly input: string } | { readonly stdin: 'ignore' } {
  return input === null ? { stdin: 'ignore' } : { input };
}

function collect(pipe: Readable, stream: LogLine['stream'], onOutput: CommandExecution['onOutput']): void {
  pipe.on('error', () => undefined);
  pipe.on('data', (chunk: Buffer) => onOutput(stream, chunk));
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // No process of the group is left.
  }
}
