import { basename } from 'node:path';
import { splitWords } from '../../../base/split-words.ts';

/** How an image starts its program. */
export interface Dockerfile {
  /** Words; a line for a shell is `/bin/sh -c LINE`. Null when the file has none. */
  readonly entrypoint: readonly string[] | null;
  readonly command: readonly string[] | null;
  readonly workingFolder: string | null;
  readonly variables: Readonly<Record<string, string>>;
  /** The defaults of build arguments. */
  readonly args: Readonly<Record<string, string>>;
  /** What is copied into the image from the folder that it is built from. */
  readonly copies: readonly Copy[];
  /** Paths that come from another stage or image, such as compiled programs. */
  readonly made: readonly string[];
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

const NOTHING: Dockerfile = {
  ...{ entrypoint: null, command: null, workingFolder: null },
  ...{ variables: {}, args: {}, copies: [], made: [] },
};

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
      return { ...stage, variables: { ...stage.variables, ...filled(variablesOf(rest), stage) } };
    case 'ARG':
      return { ...stage, args: { ...stage.args, ...variablesOf(rest) } };
    case 'COPY':
    case 'ADD':
      return withCopies(stage, rest);
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

/** Fills in references. Variables that refer to what only the image has, such as its PATH, are left out. */
function filled(
  variables: Readonly<Record<string, string>>,
  { variables: env, args }: Dockerfile,
): Record<string, string> {
  const known = { ...args, ...env };
  const entries = Object.entries(variables).filter(([name, text]) => {
    const names = [...text.matchAll(REFERENCE)].filter((match) => match[2] === undefined);
    return name !== 'PATH' && names.every((match) => known[match[1] ?? match[3] ?? ''] !== undefined);
  });
  const fill = (text: string): string =>
    text.replace(
      REFERENCE,
      (_whole, braced?: string, usual?: string, bare?: string) => known[braced ?? bare ?? ''] ?? usual ?? '',
    );
  return Object.fromEntries(entries.map(([name, text]) => [name, fill(text)]));
}

const REFERENCE = /\$\{(\w+)(?::-([^}]*))?\}|\$(\w+)/g;

function withCopies(stage: Dockerfile, rest: string): Dockerfile {
  const copies = copiesOf(rest, stage.workingFolder);
  if (!rest.includes('--from=')) return { ...stage, copies: [...stage.copies, ...copies] };
  const made = copies.flatMap(({ source, target }) => [target, `${target.replace(/\/$/, '')}/${basename(source)}`]);
  return { ...stage, made: [...stage.made, ...made] };
}

function copiesOf(rest: string, folder: string | null): readonly Copy[] {
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
  if (!first.includes('=')) return others.length === 0 ? {} : { [first]: others.join(' ') };
  return Object.fromEntries(
    words
      .filter((word) => word.includes('='))
      .map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]),
  );
}
