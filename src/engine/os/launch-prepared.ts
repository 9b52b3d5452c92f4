import { closeSync, constants, openSync, readFileSync, readSync } from 'node:fs';
import { getPriority } from 'node:os';
import { basename } from 'node:path';
import { isDead, readProcStat } from '../../base/proc-stat.ts';
import { HealerError } from '../../protocol/errors.ts';
import { refuseBareText } from './bare-text.ts';
import type { Launch, LaunchRequest } from './launcher.ts';
import type { Preparation } from './preparation.ts';
import { explain } from './spawn-failure.ts';
import { splitUnsafeVariables, type UnsafeVariables } from './unsafe-variables.ts';

/** Each step takes about 1 ms. On an overloaded machine it may take longer, but the engine does not wait any longer. */
const MAX_WAIT_MS = 2_000;
const POLL_MS = 0.2;
const MESSAGE_BYTES = 4096;

/**
 * Starts a program through the steps of its preparation and waits until the last step has executed it, so that a failed
 * step is a failed start. Returns the pid.
 * @throws HealerError SPAWN_FAILED with errno and a remedy
 */
export function launchPrepared(launch: Launch, request: LaunchRequest, preparation: Preparation): number {
  const { steps, umask, niceToVerify } = preparation;
  if (steps.length === 0) return withUmask(umask, () => launch(request));
  refuseBareText(request.file);
  const unsafe = splitUnsafeVariables(request.env);
  const command = throughSteps(request, steps, unsafe);
  const pid = withUmask(umask, () => launch({ ...request, ...command, env: unsafe.env }));
  waitForProgram(pid, request, command.argv, steps);
  if (niceToVerify !== null) verifyNice(pid, niceToVerify, request);
  return pid;
}

/** The child inherits the umask. The spawn is a single synchronous call, so the engine creates no file in between. */
export function withUmask<T>(umask: number | null, start: () => T): T {
  if (umask === null) return start();
  const own = process.umask(umask);
  try {
    return start();
  } finally {
    process.umask(own);
  }
}

function throughSteps(
  { file, argv }: LaunchRequest,
  steps: Preparation['steps'],
  { restore }: UnsafeVariables,
): Pick<LaunchRequest, 'argv' | 'file'> {
  const words = [...steps.flat(), ...restore, file, ...argv.slice(1)];
  return { file: words[0] ?? file, argv: words };
}

/** A step is recognized by its command line, which changes with the next execution. */
function waitForProgram(
  pid: number,
  request: LaunchRequest,
  argv: readonly string[],
  steps: Preparation['steps'],
): void {
  const stepLines = new Set(stepStarts(steps).map((start) => argv.slice(start).join('\0')));
  // The shell only executes the next step, and is often the program itself.
  const stepNames = new Set(steps.map(([tool]) => basename(tool)).filter((name) => name !== 'sh'));
  const deadline = performance.now() + MAX_WAIT_MS;
  while (performance.now() < deadline) {
    const line = readCommandLine(pid);
    if (line !== '' && !stepLines.has(line)) return;
    const stat = readProcStat(pid);
    if (stat === null) return;
    // A zombie keeps the name of the last program it executed.
    if (isDead(stat)) {
      if (stepNames.has(stat.name)) throw refusal(request, readMessage(request.stderrPath));
      return;
    }
    pause(POLL_MS);
  }
}

function stepStarts(steps: Preparation['steps']): number[] {
  let start = 0;
  return steps.map((step) => {
    const own = start;
    start += step.length;
    return own;
  });
}

function readCommandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').replace(/\0$/, '');
  } catch {
    return '';
  }
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Returns the error message of the tool. No other process reads this pipe yet. */
function readMessage(path: string): string {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const bytes = Buffer.alloc(MESSAGE_BYTES);
    return bytes.toString('utf8', 0, readSync(fd, bytes)).trim().split('\n')[0] ?? '';
  } catch {
    return '';
  } finally {
    closeSync(fd);
  }
}

const ERRNO_OF_TEXT: readonly (readonly [text: string, errno: string])[] = [
  ['Operation not permitted', 'EPERM'],
  ['Permission denied', 'EACCES'],
  ['No such file or directory', 'ENOENT'],
  ['Exec format error', 'ENOEXEC'],
  ['Invalid argument', 'EINVAL'],
  ['Text file busy', 'ETXTBSY'],
  ['Resource temporarily unavailable', 'EAGAIN'],
  ['Cannot allocate memory', 'ENOMEM'],
  ['Too many open files', 'EMFILE'],
  ['Argument list too long', 'E2BIG'],
];

/** What to do if a tool was refused, rather than the program that it was to execute. */
const ADVICE: Readonly<Record<string, string>> = {
  EPERM: 'the engine lacks the privilege; run it as root, or request less',
  EACCES: 'this user may not execute it; check the permissions of the file and its folders',
  EINVAL: 'the kernel rejects the value; a soft limit must not exceed the hard limit',
};

function refusal(request: LaunchRequest, message: string): HealerError {
  const { file } = request;
  const [, errno = 'unknown'] = ERRNO_OF_TEXT.find(([text]) => message.includes(text)) ?? [];
  const advice =
    errno === 'unknown' ? 'check its user, group, nice and rlimits' : (ADVICE[errno] ?? explain(request, errno));
  const reason = message === '' ? 'cannot set its user, group, nice or rlimits' : message;
  return new HealerError('SPAWN_FAILED', `cannot start "${file}": ${reason} (${errno}): ${advice}`, {
    errno,
    path: file,
  });
}

function verifyNice(pid: number, wanted: number, { file }: LaunchRequest): void {
  if (niceOf(pid) <= wanted) return;
  process.kill(-pid, 'SIGKILL');
  throw new HealerError(
    'SPAWN_FAILED',
    `cannot start "${file}" with nice ${String(wanted)}: EACCES, a lower value than the engine's own requires privileges; raise RLIMIT_NICE or run the engine as root`,
    { errno: 'EACCES', path: file, nice: wanted },
  );
}

function niceOf(pid: number): number {
  try {
    return getPriority(pid);
  } catch {
    // The process has exited.
    return -20;
  }
}
