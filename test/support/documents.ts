import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The documents that users read, as paths within the repository. */
export const DOCUMENTS: readonly string[] = [
  ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', 'CODE_OF_CONDUCT.md'],
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** A fenced block of a document. */
export interface Block {
  readonly language: string;
  /** Why the block is not run; null if it is. Written as "```sh skip: needs root". */
  readonly unrun: string | null;
  readonly text: string;
  /** Commands that are run before it, from a comment "setup: …" above the block. */
  readonly setup: string;
  readonly line: number;
}

export function readDocument(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** Returns the fenced blocks of a document, in order. */
export function blocksOf(path: string): readonly Block[] {
  const found = readDocument(path).matchAll(/(?:^<!-- setup: (.*) -->\n\n)?^```(\w+)(?: +([^\n]*))?\n([^]*?)^```$/gm);
  return [...found].map(({ 0: block, 1: setup = '', 2: language = '', 3: info = '', 4: text = '', index }) => {
    const line = readDocument(path).slice(0, index).split('\n').length;
    const unrun = /^skip: (.*)$/.exec(info)?.[1] ?? null;
    if (info !== '' && unrun === null)
      throw new Error(`${path}:${String(line)}: write "skip: REASON" after ${block.slice(0, 20)}`);
    return { language, unrun, text, setup, line };
  });
}
