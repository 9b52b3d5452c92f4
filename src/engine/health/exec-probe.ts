import type { Readable } from 'node:stream';
import { execa } from 'execa';
import { toHealerError } from '../../protocol/errors.ts';
import { type Answer, type CheckOf, missed, passed, type Surroundings } from './probe.ts';

/** Of what a command prints, the beginning; it may print on without harm. */
const OUTPUT_LIMIT_BYTES = 4 * 1024;
/** Of that, as evidence. */
const EXCERPT_LENGTH = 200;
/** What is still in the pipe when a command has ended gets this long to be read, whoever else holds the pipe open. */
const DRAIN_MS = 50;

const OPTIONS = {
  stdin: 'ignore',
  all: true,
  buffer: false,
  reject: false,
  // A group of its own, so that its children are reached with it and no signal to the engine's reaches it.
  detached: true,
  extendEnv: false,
} as const;

/** How a command ended; neither code nor signal when it could not be executed. */
interface End {
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly originalMessage?: string | undefined;
}

/** Runs a command as the program itself is run; code 0 is a pass. Nothing of its group outlives the probe. */
export async function probeExec(
  check: CheckOf<'exec'>,
  signal: AbortSignal,
  surroundings: () => Surroundings,
): Promise<Answer> {
  try {
    return signal.aborted ? missed('') : await run(check, signal, surroundings());
  } catch (error) {
    return missed(`cannot be run: ${toHealerError(error).message}`);
  }
}

async function run({ command, args }: CheckOf<'exec'>, signal: AbortSignal, where: Surroundings): Promise<Answer> {
  const child = execa(command, args, { ...OPTIONS, ...where });
  const output = new OutputHead(child.all);
  const kill = (): void => killGroup(child.pid);
  signal.addEventListener('abort', kill, { once: true });
  child.once('exit', () => {
    kill();
    setTimeout(() => child.all.destroy(), DRAIN_MS).unref();
  });
  const end = await child;
  signal.removeEventListener('abort', kill);
  return signal.aborted ? missed('did not end', output.said()) : judgeEnd(end, output);
}

function judgeEnd({ exitCode, signal, originalMessage }: End, output: OutputHead): Answer {
  if (exitCode === 0) return passed('ended with code 0', output.said());
  if (exitCode !== undefined) return missed(`ended with code ${String(exitCode)}`, output.said());
  if (signal !== undefined) return missed(`was killed by ${signal}`, output.said());
  return missed(`cannot be run: ${originalMessage ?? 'no reason was given'}`);
}

/** The first bytes of what a command prints. The rest is read and forgotten, so that it never waits for us. */
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

  /** Empty for a command that said nothing. */
  said(): string {
    const text = Buffer.concat(this.#chunks).toString('utf8').replace(/\s+/g, ' ').trim();
    return text === '' ? '' : `saying ${JSON.stringify(text.slice(0, EXCERPT_LENGTH))}`;
  }
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing of it is left.
  }
}
