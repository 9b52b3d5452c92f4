import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { HealerError } from '../../protocol/errors.ts';

/** How the next engine is started. */
export interface NextEngine {
  readonly node: string;
  readonly script: string;
}

/**
 * Returns how the next engine is started: as asked for, or else as this one was. An engine that restarts itself must not end
 * before it is known that its successor exists, for healer or Node may have been removed or moved by an upgrade.
 * @throws HealerError NOT_FOUND
 */
export function nextEngineOf(
  asked: { readonly [Key in keyof NextEngine]?: string | undefined },
  own: NextEngine,
): NextEngine {
  const { node = own.node, script = own.script } = asked;
  for (const path of [node, script]) {
    if (isAbsolute(path) && existsSync(path)) continue;
    const message = `the engine cannot be restarted, because "${path}" does not exist: healer or Node was moved or removed`;
    throw new HealerError('NOT_FOUND', `${message} — install healer, and run "healer upgrade"`, { path });
  }
  return { node, script };
}

interface Circumstances {
  /** Whether the engine runs in the foreground. */
  readonly isForeground: boolean;
  /** Whether a service manager starts the next engine, in its own way. */
  readonly isManaged: boolean;
}

/** Decides how the engine that follows this one is started. */
export class Successor {
  readonly #circumstances: Circumstances;
  #chosen: NextEngine;

  constructor(own: NextEngine, circumstances: Circumstances) {
    this.#chosen = own;
    this.#circumstances = circumstances;
  }

  get chosen(): NextEngine {
    return this.#chosen;
  }

  /** Chooses the next engine, and then restarts. @throws HealerError INVALID_STATE in the foreground, or NOT_FOUND */
  async choose<T>(asked: Parameters<typeof nextEngineOf>[0], restart: () => Promise<T>): Promise<T> {
    const { isForeground, isManaged } = this.#circumstances;
    if (isForeground && !isManaged) throw notRestartable();
    if (!isManaged) this.#chosen = nextEngineOf(asked, this.#chosen);
    return restart();
  }
}

function notRestartable(): HealerError {
  return new HealerError(
    'INVALID_STATE',
    'this engine runs in the foreground and cannot replace itself: run "healer down --keep", then "healer up --foreground"',
  );
}
