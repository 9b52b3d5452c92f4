import type { Readable } from 'node:stream';
import { execa } from 'execa';
import { toHealerError } from '../../protocol/errors.ts';
import { type Answer, type CheckOf, missed, passed, type Surroundings } from './probe.ts';

/** How much of a command's output is kept; the rest is read and discarded. */
const OUTPUT_LIMIT_BYTES = 4 * 1024;
/** How much of the output is shown as evidence, in characters. */
const EXCERPT_LENGTH = 200;
/** How long to read remaining output after a command has exited, since another process may keep the pipe open. */
const DRAIN_MS = 50;

const OPTIONS = {
  stdin: 'ignore',
  all: true,
  buffer: false,
  reject: false,
  // In its own process group, so that its children are killed with it and signals to the engine's group do not reach it.
  detached: true,
  extendEnv: false,
} as const;

/** The exit of a command, without code and signal if it could not be executed. */
interface CommandExit {
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly originalMessage?: string | undefined;
}

/** Runs a command in the environment of the program. Exit code 0 passes. Whatever it started is killed afterwards. */
export async function probeExec(
  check: CheckOf<'exec'>,
  signal: AbortSignal,
  surroundings: () => Surroundings,
): Promise<Answer> {
  try {
    return signal.aborted ? missed('') : await run(check, signal, surroundings());
  } catch (error) {
    return missed(`cannot be executed: ${toHealerError(error).message}`);
  }
}

async function run(
  { command, args }: CheckOf<'exec'>,
  signal: AbortSignal,
  { env, cwd, through, start, endRest }: Surroundings,
): Promise<Answer> {
  const [file = command, ...words] = [...through, command, ...args];
  const child = start(() => execa(file, words, { ...OPTIONS, env, cwd }));
  const output = new OutputHead(child.all);
  const kill = (): void => {
    if (child.pid === undefined) return;
    endRest({ pid: child.pid, isRunning: child.exitCode === null && child.signalCode === null });
    killGroup(child.pid);
  };
  signal.addEventListener('abort', kill, { once: true });
  child.once('exit', () => {
    kill();
    setTimeout(() => child.all.destroy(), DRAIN_MS).unref();
  });
  const exit = await child;
  signal.removeEventListener('abort', kill);
  return signal.aborted ? missed('did not exit', output.excerpt()) : judgeExit(exit, output);
}

function judgeExit({ exitCode, signal, originalMessage }: CommandExit, output: OutputHead): Answer {
  if (exitCode === 0) return passed('exited with code 0', output.excerpt());
  if (exitCode !== undefined) return missed(`exited with code ${String(exitCode)}`, output.excerpt());
  if (signal !== undefined) return missed(`was killed by ${signal}`, output.excerpt());
  return missed(`cannot be executed: ${originalMessage ?? 'unknown reason'}`);
}

/** Keeps the start of a command's output. The rest is read and discarded, so that the command never blocks. */
class OutputHead {
  readonly #chunks: Buffer[] = [];
  #length = 0;

  constructor(all: Readable) {
    all.on('error', () => undefined);
    all.on('data', (chunk: Buffer) => {
      if (this.#length >= OUTPUT_LIMIT_BYTES) return;
      this.#chunks.push(chunk.subarray(0, OUTPUT_LIMIT_BYTES - this.#length));
      this.#length += chunk.length;
    });
  }

  /** Returns the output as one line, or an empty text for a command without output. */
  excerpt(): string {
    const text = Buffer.concat(this.#chunks).toString('utf8').replace(/\s+/g, ' ').trim();
    return text === '' ? '' : `printing ${JSON.stringify(text.slice(0, EXCERPT_LENGTH))}`;
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // No process of the group is left.
  }
}
