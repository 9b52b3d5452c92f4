import { toHealerError } from '../../protocol/errors.ts';
import { type Answer, type CheckOf, missed, passed, type Surroundings } from './probe.ts';
import { runCommand } from './run-command.ts';

/** How much of a command's output is kept; the rest is read and discarded. */
const OUTPUT_LIMIT_BYTES = 4 * 1024;
/** How much of the output is shown as evidence, in characters. */
const EXCERPT_LENGTH = 200;
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

async function run(check: CheckOf<'exec'>, signal: AbortSignal, surroundings: Surroundings): Promise<Answer> {
  const output = new OutputHead();
  const request = { ...check, timeoutMs: null, env: {}, input: null, signal };
  const { ok, outcome } = await runCommand({ ...request, onOutput: (_, chunk) => output.push(chunk) }, surroundings);
  if (signal.aborted) return missed('did not exit', output.excerpt());
  return ok ? passed(outcome, output.excerpt()) : missed(outcome, output.excerpt());
}

/** Keeps the start of a command's output. The rest is read and discarded, so that the command never blocks. */
class OutputHead {
  readonly #chunks: Buffer[] = [];
  #length = 0;

  push(chunk: Buffer): void {
    if (this.#length >= OUTPUT_LIMIT_BYTES) return;
    this.#chunks.push(chunk.subarray(0, OUTPUT_LIMIT_BYTES - this.#length));
    this.#length += chunk.length;
  }

  /** Returns the output as one line, or an empty text for a command without output. */
  excerpt(): string {
    const text = Buffer.concat(this.#chunks).toString('utf8').replace(/\s+/g, ' ').trim();
    return text === '' ? '' : `printing ${JSON.stringify(text.slice(0, EXCERPT_LENGTH))}`;
  }
}
