import { createHash } from 'node:crypto';
import type { SourceReading } from '../reading/source-reading.ts';

interface Parsed {
  readonly digest: string;
  readonly reading: Promise<SourceReading>;
}

/** Remembers how each file was read last, so that a file is parsed again only after its content has changed. */
export class ParsedSources {
  readonly #byFile = new Map<string, Parsed>();

  /** Returns the reading of a file with this content. @param parse reads the content; called only if it is new */
  read(file: string, content: Buffer, parse: () => Promise<SourceReading>): Promise<SourceReading> {
    const digest = createHash('sha256').update(content).digest('base64');
    const known = this.#byFile.get(file);
    if (known?.digest === digest) return known.reading;
    const reading = parse().then((parsed) => ({ ...parsed, digest }));
    this.#byFile.set(file, { digest, reading });
    // A parser that could not be loaded may be loaded next time.
    reading.catch(() => this.#byFile.delete(file));
    return reading;
  }

  /** Forgets all other files. */
  keepOnly(files: readonly string[]): void {
    for (const file of this.#byFile.keys()) if (!files.includes(file)) this.#byFile.delete(file);
  }
}
