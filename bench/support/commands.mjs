import { spawnSync } from 'node:child_process';
import { CLI } from './healer.mjs';

export const BARE_NODE = 'node -e 0';

/**
 * Measures commands of healer, in turns with an empty Node script.
 * @param {import('./tally.mjs').Tally} tally
 * @param {import('./healer.mjs').Healer} healer
 * @param {readonly string[]} words  commands of healer
 * @param {number} rounds
 */
export function timeCommands(tally, healer, words, rounds) {
  const commands = [[BARE_NODE, ['-e', '0']], ...words.map((word) => [`healer ${word}`, [CLI, word]])];
  // The first round reads the files from disk and is not counted.
  for (let round = 0; round <= rounds; round++) {
    for (const [name, args] of commands) {
      const tookMs = timeCommand(args, healer.environment);
      if (round > 0) tally.add(name, tookMs);
    }
  }
}

/** Returns how long a command of Node takes, in ms. @param {readonly string[]} args @param {Record<string, string>} env */
export function timeCommand(args, env) {
  const began = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`"node ${args.join(' ')}" failed: ${stderr}`);
  return performance.now() - began;
}
