import type { ChildProcess } from 'node:child_process';
import type { EngineStartOptions } from '../../config/instance/engine-arguments.ts';
import type { OpenEngineLog } from '../../config/instance/engine-log.ts';

/** An engine that was started before the command that needs it was loaded. */
export interface OfferedEngine {
  readonly engine: ChildProcess;
  readonly instance: string;
  readonly options: EngineStartOptions;
  /** The file to which the engine prints; closed in this process. */
  readonly log: OpenEngineLog;
}

let offered: OfferedEngine | null = null;

/** Offers an engine to the command that is about to run. */
export function offerEngine(engine: OfferedEngine): void {
  offered = engine;
}

/** Returns the engine that was offered, once, if it was started as a command needs it. */
export function takeOfferedEngine(instance: string, options: EngineStartOptions): OfferedEngine | null {
  const found = offered;
  offered = null;
  if (found?.instance !== instance || !isSameStart(found.options, options)) return null;
  return found;
}

function isSameStart(one: EngineStartOptions, other: EngineStartOptions): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
