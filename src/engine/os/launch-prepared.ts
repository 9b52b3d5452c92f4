import { closeSync, constants, openSync, readFileSync, readSync } from 'node:fs';
import { getPriority } from 'node:os';
import { basename } from 'node:path';
import { isDead, readProcStat } from '../../base/proc-stat.ts';
import { HealerError } from '../../protocol/errors.ts';
import { refuseBareText } from './bare-text.ts';
import type { Launch, LaunchRequest } from './launcher.ts';
import type { Preparation } from './preparation.ts';
import { splitUnsafeVariables, type UnsafeVariables } from './unsafe-variables.ts';

/** The steps take about a millisecond each; a machine on its knees may take longer, and is not waited for. */
const PATIENCE_MS = 2_000;
const LOOK_EACH_MS = 0.2;
const MESSAGE_BYTES = 4096;

/**
 * Starts a program through the steps of its preparation, and waits until the last of them has executed it: a refusal
 * is told as that of the start itself.
 * @throws HealerError SPAWN_FAILED with errno and what to do
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

/** The child inherits it; the spawn is one synchronous call, so nothing of ours creates a file in between. */
function withUmask(umask: number | null, start: () => number): number {
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

/** Each step is known by its command line, which the next execution replaces. */
function waitForProgram(
  pid: number,
  request: LaunchRequest,
  argv: readonly string[],
  steps: Preparation['steps'],
): void {
  const stepLines = new Set(stepStarts(steps).map((start) => argv.slice(start).join('\0')));
  const stepNames = new Set(steps.map(([tool]) => basename(tool)));
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    const line = readCommandLine(pid);
    if (line !== '' && !stepLines.has(line)) return;
    const stat = readProcStat(pid);
    if (stat === null) return;
    // The dead keep the name of what they executed last.
    if (isDead(stat)) {
      if (stepNames.has(stat.name)) throw refusal(request, readMessage(request.stderrPath));
      return;
    }
    pause(LOOK_EACH_MS);
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

/** What the tool said. Nobody else reads this pipe yet. */
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

const ERRNO_OF_TEXT: readonly (readonly [text: string, errno: string, advice: string])[] = [
  ['Operation not permitted', 'EPERM', 'this engine may not do that; run it as root, or ask for less'],
  ['Permission denied', 'EACCES', "that user may not execute it; check the file's mode and its folders'"],
  ['No such file or directory', 'ENOENT', 'it, or the interpreter its first line names, does not exist'],
  ['Exec format error', 'ENOEXEC', 'it is neither a program nor a script with a #! line'],
  ['Invalid argument', 'EINVAL', 'the kernel knows no such value; a soft limit must not be above the hard one'],
];

function refusal({ file }: LaunchRequest, message: string): HealerError {
  const [, errno = 'unknown', advice = 'see its user, group, nice and rlimits'] =
    ERRNO_OF_TEXT.find(([text]) => message.includes(text)) ?? [];
  const said = message === '' ? 'its user, group, nice or rlimits could not be set' : message;
  return new HealerError('SPAWN_FAILED', `cannot start "${file}": ${said} (${errno}): ${advice}`, {
    errno,
    path: file,
  });
}

function verifyNice(pid: number, wanted: number, { file }: LaunchRequest): void {
  if (niceOf(pid) <= wanted) return;
  process.kill(-pid, 'SIGKILL');
  throw new HealerError(
    'SPAWN_FAILED',
    `cannot start "${file}" with nice ${String(wanted)}: EACCES, it is below the engine's own and this engine is not privileged; raise RLIMIT_NICE or run the engine as root`,
    { errno: 'EACCES', path: file, nice: wanted },
  );
}

function niceOf(pid: number): number {
  try {
    return getPriority(pid);
  } catch {
    // It has ended, as it may.
    return -20;
  }
}
