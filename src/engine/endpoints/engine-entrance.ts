import type { Fields } from '../../config/reading/source-reading.ts';
import { type RemoteSettings, remoteSettingsOf } from '../../config/registry/remote-endpoints.ts';
import type { RemoteEntrance } from '../access/remote-entrance.ts';
import type { ServedEngine } from '../access/served-engine.ts';
import type { RunningEngine } from '../assembly/running-engine.ts';

/** Not the id of any program: a program that is added remotely belongs to no file. */
const ADDED_REMOTELY = '';

type EnteredEngine = Pick<RunningEngine, 'parts' | 'sources' | 'records'>;

/** The remote entrance of an engine, which all its transports share. Its rules are loaded with the first remote request. */
export class EngineEntrance {
  readonly #running: EnteredEngine;
  readonly #engine: ServedEngine;
  #cache: { readonly stored: Fields; readonly settings: RemoteSettings } | null = null;
  #loading: Promise<RemoteEntrance> | undefined;

  constructor(running: EnteredEngine, engine: ServedEngine) {
    this.#running = running;
    this.#engine = engine;
  }

  /** Returns the effective settings of remote access. */
  readonly settings = (): RemoteSettings => {
    const { sources, parts } = this.#running;
    const stored = sources.settings;
    if (this.#cache?.stored !== stored) {
      this.#cache = { stored, settings: remoteSettingsOf(stored, parts.paths.instance, process.env) };
    }
    return this.#cache.settings;
  };

  /** Resolves to the entrance, always the same. */
  load(): Promise<RemoteEntrance> {
    this.#loading ??= this.#create();
    return this.#loading;
  }

  async #create(): Promise<RemoteEntrance> {
    const [{ RemoteEntrance: Entrance }, { examineExecutable, pathsOfFile, patternWithoutLinks }] = await Promise.all([
      import('../access/remote-entrance.ts'),
      import('../os/executable-facts.ts'),
    ]);
    const { sources, records, parts } = this.#running;
    return new Entrance(this.#engine, {
      settings: this.settings,
      findExecutable: (word, cwd, ownPath) => {
        const binaries = sources.binariesOf(ADDED_REMOTELY);
        return examineExecutable(word, cwd ?? process.cwd(), process.env['PATH'], binaries, ownPath);
      },
      pathsOf: (word, cwd) => pathsOfFile(word, cwd ?? process.cwd()),
      withoutLinks: patternWithoutLinks,
      acting: records.acting,
      now: () => parts.clock.now().mono,
    });
  }
}
