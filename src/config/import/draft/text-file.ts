import { readFileSync, statSync } from 'node:fs';
import { MAX_BYTES } from './decode-text.ts';

/** Returns the content of a file; null when it is missing, too large or not readable. */
export function readTextFile(path: string): string | null {
  try {
    const facts = statSync(path);
    return facts.isFile() && facts.size <= MAX_BYTES ? readFileSync(path, 'utf8') : null;
  } catch {
    return null;
  }
}
