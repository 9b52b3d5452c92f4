import { pollSource } from '../../config/sources/poll-source.ts';

/** Watches a changing set of files for edits. */
export class SourcePolls {
  readonly #onEdit: () => void;
  readonly #polls = new Map<string, { close: () => void }>();

  constructor(onEdit: () => void) {
    this.#onEdit = onEdit;
  }

  /** Watches these files, and no others. */
  follow(files: readonly string[]): void {
    for (const [file, poll] of this.#polls) {
      if (files.includes(file)) continue;
      poll.close();
      this.#polls.delete(file);
    }
    for (const file of files) if (!this.#polls.has(file)) this.#polls.set(file, pollSource(file, this.#onEdit));
  }
}
