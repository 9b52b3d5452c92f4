import { createInterface } from 'node:readline/promises';

/** Returns whether a question can be asked: a person sees the output and can answer. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** Asks a question on the terminal. Only an explicit yes counts as one; resolves to false if the input ends. */
export async function confirm(question: string): Promise<boolean> {
  const input = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new Promise<string>((resolve) => input.once('close', () => resolve('')));
  try {
    const answer = await Promise.race([input.question(`${question} [y/N] `), ended]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    input.close();
  }
}
