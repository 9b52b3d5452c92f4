import { resolve } from 'node:path';
import { codeOf } from '../base/thrown.ts';
import { resolvePaths } from '../config/instance/paths.ts';
import type { OfflineRegistry } from '../config/sources/offline-registry.ts';
import type { DefinitionChanges } from '../protocol/definition.ts';
import { HealerError } from '../protocol/errors.ts';
import type { ProcessSpec, ProcessSpecInput } from '../protocol/process-spec.ts';
import type { DefinitionResult } from '../protocol/results/definition-result.ts';
import { connectLocal } from './connection/connection.ts';
import { localEngineOf } from './connection/local-engine.ts';

/** Which registry to open. */
export interface OfflineOptions {
  /** The name of the engine's instance; "default" by default. */
  readonly instance?: string;
  /** The folder for all files of the engine; by default the user's folders for configuration and state. */
  readonly home?: string;
  /** Process lists and healer.yaml files that the next engine will use, besides those of the last one. */
  readonly files?: readonly string[];
}

/**
 * Changes definitions while no engine runs. The changes are written to the registry and take effect when the next engine
 * starts. Each method rejects with ALREADY_RUNNING while an engine runs: then use `HealerClient`.
 */
export class OfflineClient {
  readonly #registry: OfflineRegistry;
  readonly #refuseIfRunning: () => Promise<void>;

  private constructor(registry: OfflineRegistry, refuseIfRunning: () => Promise<void>) {
    this.#registry = registry;
    this.#refuseIfRunning = refuseIfRunning;
  }

  /** Opens the registry of an instance. @throws HealerError ALREADY_RUNNING while its engine runs */
  static async open({ instance = 'default', home, files = [] }: OfflineOptions = {}): Promise<OfflineClient> {
    const environment = { ...process.env, ...(home === undefined ? {} : { HEALER_HOME: resolve(home) }) };
    const paths = resolvePaths(environment, instance);
    const refuseIfRunning = async (): Promise<void> => {
      const pid = await pidOfEngine(paths);
      if (pid === null) return;
      const message = `the engine (pid ${String(pid)}) is running; change its programs with HealerClient`;
      throw new HealerError('ALREADY_RUNNING', message, { pid });
    };
    await refuseIfRunning();
    const { openOfflineRegistry } = await import('../config/sources/offline-registry.ts');
    const registry = await openOfflineRegistry(
      paths,
      files.map((file) => resolve(file)),
    );
    return new OfflineClient(registry, refuseIfRunning);
  }

  /** Returns the definitions of the programs that the next engine will run, ordered by id. */
  async list(): Promise<readonly ProcessSpec[]> {
    const programs = await this.#registry.programs();
    return programs.map(({ spec }) => spec).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Defines a program. @throws HealerError ALREADY_EXISTS, INVALID_CONFIG */
  async add({ id, ...fields }: ProcessSpecInput): Promise<DefinitionResult> {
    await this.#refuseIfRunning();
    return this.#registry.edit({ kind: 'add', id, fields });
  }

  /** Changes a definition, and takes earlier changes of `unset` back. @throws HealerError PROCESS_NOT_FOUND, INVALID_CONFIG */
  async update(
    id: string,
    changes: DefinitionChanges,
    { unset }: { readonly unset?: readonly string[] } = {},
  ): Promise<DefinitionResult> {
    await this.#refuseIfRunning();
    return this.#registry.edit({ kind: 'update', id, fields: { ...changes }, unset });
  }

  /** Removes a definition. @throws HealerError PROCESS_NOT_FOUND, INVALID_STATE when a file defines the program */
  async remove(id: string): Promise<DefinitionResult> {
    await this.#refuseIfRunning();
    return this.#registry.edit({ kind: 'remove', id });
  }

  /** Lets the next engine start a program. @throws HealerError PROCESS_NOT_FOUND */
  async enable(id: string): Promise<void> {
    await this.#refuseIfRunning();
    await this.#registry.setEnabled(id, true);
  }

  /** Prevents engines from starting a program. @throws HealerError PROCESS_NOT_FOUND, INVALID_STATE if it is disabled */
  async disable(id: string): Promise<void> {
    await this.#refuseIfRunning();
    await this.#registry.setEnabled(id, false);
  }
}

/** Returns the pid of the engine of an instance; null if none runs. */
async function pidOfEngine(paths: ReturnType<typeof resolvePaths>): Promise<number | null> {
  try {
    const connection = await connectLocal({ ...localEngineOf(paths), clientName: 'library' });
    connection.close();
    return connection.hello.pid;
  } catch (error) {
    if (codeOf(error) === 'ENGINE_NOT_RUNNING') return null;
    throw error;
  }
}
