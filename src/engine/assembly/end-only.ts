import type { RunningEngine } from './running-engine.ts';

/** How long an engine that only ends programs waits for the command that started it, in ms. */
const COMMAND_MS = 30_000;

/** Starts no program, and shuts down even if the command that is to request it was killed. */
export function endOnly({ engine }: Pick<RunningEngine, 'engine'>, shutDown: () => void): void {
  engine.suspendStarts();
  setTimeout(shutDown, COMMAND_MS).unref();
}
