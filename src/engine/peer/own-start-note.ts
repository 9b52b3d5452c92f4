import { existsSync } from 'node:fs';
import { removeWithDraft } from '../../base/atomic-file.ts';
import type { EngineStartOptions } from '../../config/instance/engine-arguments.ts';
import { peerSettingsOf } from '../../config/registry/peer-settings.ts';
import { type StartNote, writeStartNote } from '../../config/instance/start-note.ts';
import { toHealerError } from '../../protocol/errors.ts';
import type { RunningEngine } from '../assembly/running-engine.ts';

type NotedEngine = Pick<RunningEngine, 'parts' | 'sources' | 'degradations'>;

interface StartFacts {
  readonly options: EngineStartOptions;
  readonly isManaged: boolean;
}

/** Keeps this engine's start note in step with its files and settings, and removes it when the engine is shut down. */
export class OwnStartNote {
  readonly #running: NotedEngine;
  readonly #facts: StartFacts;
  readonly #stopWatching: () => void;
  #statusUrl: string | null = null;
  #written = '';
  #isRemoved = false;
  #isRefused = false;

  constructor(running: NotedEngine, facts: StartFacts) {
    this.#running = running;
    this.#facts = facts;
    this.#stopWatching = running.sources.onLoaded.add(() => this.#write());
    this.#write();
  }

  changeStatusUrl(url: string | null): void {
    this.#statusUrl = url;
    this.#write();
  }

  /** Writes the note again if it was removed. */
  restore(): void {
    if (existsSync(this.#running.parts.paths.startNote)) return;
    this.#written = '';
    this.#write();
  }

  /** Retries a write that failed, for example on a full disk. */
  retry(): void {
    if (this.#isRefused) this.#write();
  }

  /** Removes the note for good, so that the peer does not restart this engine even if it crashes during shutdown. */
  remove(): void {
    this.#isRemoved = true;
    this.#stopWatching();
    removeWithDraft(this.#running.parts.paths.startNote);
  }

  /** On a full disk the previous note stays in place, which is nearly as good. */
  #write(): void {
    const note = this.#note();
    const text = JSON.stringify(note);
    if (this.#isRemoved || text === this.#written) return;
    const { degradations, parts } = this.#running;
    try {
      writeStartNote(parts.paths.startNote, note);
      this.#written = text;
      this.#isRefused = false;
      degradations.clear('start-note');
    } catch (error) {
      this.#isRefused = true;
      const { message } = toHealerError(error);
      degradations.set('start-note', `cannot record for the peer engine how this engine was started: ${message}`);
    }
  }

  #note(): StartNote {
    const { options, isManaged } = this.#facts;
    const { sources, parts } = this.#running;
    const { isStandalone } = peerSettingsOf(sources.settings, parts.paths.instance);
    return {
      pid: process.pid,
      files: [...sources.files],
      observes: options.observes,
      partner: options.watchedInstance,
      isStandalone: options.isStandalone || isStandalone,
      isManaged,
      cwd: process.cwd(),
      statusUrl: this.#statusUrl,
    };
  }
}
