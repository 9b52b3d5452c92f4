import { splitWords } from '../../../base/split-words.ts';

/** How an image starts its program. */
export interface Dockerfile {
  /** Words; a line for a shell is `/bin/sh -c LINE`. Null when the file has none. */
  readonly entrypoint: readonly string[] | null;
  readonly command: readonly string[] | null;
  readonly workingFolder: string | null;
  readonly variables: Readonly<Record<string, string>>;
  /** What is copied into the image from the folder that it is built from. */
  readonly copies: readonly Copy[];
}

interface Copy {
  /** Relative to the folder. */
  readonly source: string;
  /** The path in the image; with a slash at the end, a folder that the source is put into. */
  readonly target: string;
}

/** Reads what a stage of a Dockerfile starts. Without a target, it is the last stage; a stage inherits from the one it builds on. */
export function readDockerfile(text: string, target: string | null): Dockerfile {
  const stages = new Map<string, Dockerfile>();
  let current: Dockerfile = NOTHING;
  let name = '';
  const lines = text.replace(/\\[ \t]*\n(?:[ \t]*#[^\n]*\n)*/g, ' ').split('\n');
  for (const line of lines) {
    const [, keyword = '', rest = ''] = /^\s*([A-Za-z]+)\s+(.*?)\s*$/.exec(line) ?? [];
    if (keyword.toUpperCase() === 'FROM') {
      if (target !== null && name === target.toLowerCase()) break;
      const [base = '', , alias] = rest.replace(/--\S+\s+/g, '').split(/\s+/);
      name = (alias ?? String(stages.size)).toLowerCase();
      current = stages.get(base.toLowerCase()) ?? NOTHING;
    } else current = withInstruction(current, keyword.toUpperCase(), rest);
    stages.set(name, current);
  }
  return current;
}

const NOTHING: Dockerfile = { entrypoint: null, command: null, workingFolder: null, variables: {}, copies: [] };

function withInstruction(stage: Dockerfile, keyword: string, rest: string): Dockerfile {
  switch (keyword) {
    case 'ENTRYPOINT':
      // A new entry point drops the command of the base.
      return { ...stage, entrypoint: wordsOf(rest), command: null };
    case 'CMD':
      return { ...stage, command: wordsOf(rest) };
    case 'WORKDIR':
      return { ...stage, workingFolder: joined(stage.workingFolder, rest.replace(/^"(.*)"$/, '$1')) };
    case 'ENV':
      return { ...stage, variables: { ...stage.variables, ...variablesOf(rest) } };
    case 'COPY':
    case 'ADD':
      return { ...stage, copies: [...stage.copies, ...copiesOf(rest, stage.workingFolder)] };
    default:
      return stage;
  }
}

function wordsOf(rest: string): readonly string[] {
  if (rest.startsWith('[')) {
    try {
      const parsed: unknown = JSON.parse(rest);
      if (Array.isArray(parsed)) return parsed.map(String);
    } catch {
      // Docker reads an invalid list as a line for a shell too.
    }
  }
  return ['/bin/sh', '-c', rest];
}

function copiesOf(rest: string, folder: string | null): readonly Copy[] {
  // Files of other stages are not on this machine.
  if (rest.includes('--from=')) return [];
  const plain = rest.replace(/--\S+\s+/g, '');
  const words = plain.startsWith('[') ? wordsOf(plain) : plain.split(/\s+/);
  const sources = words.slice(0, -1);
  const written = words.at(-1) ?? '.';
  const target = joined(folder, written === '.' || written === './' ? '' : written);
  return sources.map((source) => ({
    source,
    target: sources.length > 1 && !target.endsWith('/') ? `${target}/` : target,
  }));
}

function joined(folder: string | null, next: string): string {
  return next.startsWith('/') ? next : folder === null ? `/${next}` : `${folder.replace(/\/$/, '')}/${next}`;
}

function variablesOf(rest: string): Record<string, string> {
  const words = splitWords(rest).words.map(({ text }) => text);
  const [first = '', ...others] = words;
  if (!first.includes('=')) return { [first]: others.join(' ') };
  return Object.fromEntries(
    words
      .filter((word) => word.includes('='))
      .map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]),
  );
}
