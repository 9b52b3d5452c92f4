import { splitWords } from '../../../base/split-words.ts';
import type { SpecDraft } from '../draft/imported.ts';
import { escapeDollars, escapeReferences } from '../draft/escape-references.ts';
import type { Fields } from '../draft/plain-values.ts';
import type { ProgramDraft } from '../draft/program-draft.ts';
import { readShellLine } from '../draft/shell-line.ts';
import { textOf } from '../draft/text-of.ts';
import type { Dockerfile } from './dockerfile.ts';
import type { HostPaths, Mount } from './host-paths.ts';

/** The image of a service, and where it is built from. */
export interface ServiceImage {
  readonly name: string | null;
  /** The folder that it is built from; null when it is downloaded. */
  readonly context: string | null;
  readonly dockerfile: Dockerfile | null;
  /** Where files of the folder are in the image, as far as it is known. */
  readonly built: readonly Mount[];
  readonly hasDockerfile: boolean;
}

interface CommandContext {
  readonly name: string;
  readonly place: string;
  readonly image: ServiceImage;
  readonly paths: HostPaths;
  readonly expand: (text: string) => string;
}

/** Images of languages and systems: they run any command as it is. */
const RUNTIME =
  /^(?:(?:docker\.io\/)?(?:library\/)?)?(?:node|python|pypy|ruby|php|golang|rust|openjdk|eclipse-temurin|amazoncorretto|maven|gradle|elixir|erlang|perl|debian|ubuntu|alpine|busybox|fedora|centos|bash|gcc|denoland\/deno|oven\/bun|cimg\/\w+|mcr\.microsoft\.com\/[\w/.-]+)(?:[:@]|$)/;
/** Folders of programs that exist on other machines too. */
const SYSTEM_PATH = /^\/(?:usr\/(?:local\/)?)?s?bin\/[^/]+$/;

/** Returns the command of a service, or sets why there is none that runs on this machine. */
export function commandOf(service: Fields, context: CommandContext, draft: ProgramDraft): SpecDraft {
  const { image, paths, expand, name, place } = context;
  const runsAnything = image.name !== null && RUNTIME.test(image.name);
  const written = wordsOf(service['command'], expand);
  const entrypoint = wordsOf(service['entrypoint'], expand);
  if (image.context === null && !(runsAnything && paths.mounts > 0)) {
    draft.problem = `it runs in the image "${image.name ?? 'unknown'}"; start it with "docker compose up -d ${name}"`;
    return NONE;
  }
  // A new entry point drops the command of the image.
  const fromImage = image.dockerfile;
  const start = entrypoint ?? fromImage?.entrypoint?.map(escapeDollars) ?? [];
  const rest = written ?? (entrypoint === null ? fromImage?.command?.map(escapeDollars) : undefined) ?? [];
  const words = [...start, ...rest];
  if (words.length === 0) {
    draft.problem = image.hasDockerfile || image.context === null ? NO_COMMAND : NO_DOCKERFILE;
    return NONE;
  }
  if (image.context !== null && !image.hasDockerfile && entrypoint === null) draft.lose(place, UNKNOWN_ENTRYPOINT);
  const [program = ''] = words;
  if (program.startsWith('-'))
    draft.problem = `"${program}" is an option for the ENTRYPOINT of its image, which is unknown`;
  if (fromImage?.made.includes(program) === true) draft.problem = `"${program}" is built in its image`;
  const placed = words.map((word, index) => placeOf(word, index, paths));
  const missing = placed.find((word, index) => word === words[index] && isOnlyInImage(word, index));
  if (missing !== undefined) draft.problem ??= `"${missing}" exists only in its image`;
  const [command = '', ...args] = placed;
  const [option, line] = args;
  const isShell = command === '/bin/sh' && option === '-c' && line !== undefined && args.length === 2;
  // In its shell form, a Dockerfile runs a line that often needs no shell.
  if (isShell) return escapeReferences(readShellLine(line.replaceAll('$$', '$')));
  return { command, ...(args.length > 0 && { args }) };
}

const NONE: SpecDraft = { command: '' };
const NO_COMMAND = 'its image has no command, or inherits it from another image; add "command" to the service';
const NO_DOCKERFILE = 'it has no command, and its Dockerfile was not found';
const UNKNOWN_ENTRYPOINT = 'its Dockerfile was not found: if it has an ENTRYPOINT, put that in front of the command';

/** Scripts without a path are searched for in the folders of programs in the image. */
function placeOf(word: string, index: number, paths: HostPaths): string {
  if (word.startsWith('/')) return paths.find(word) ?? word;
  if (index > 0 || word.includes('/') || !word.endsWith('.sh')) return word;
  const found = ['/usr/local/bin', '/usr/bin', '/bin'].map((folder) => paths.find(`${folder}/${word}`));
  return found.find((path) => path !== null) ?? word;
}

/** Arguments may be paths that the program creates, but the program itself and scripts must exist. */
function isOnlyInImage(word: string, index: number): boolean {
  if (!word.startsWith('/')) return index === 0 && /^[^/]*\.sh$/.test(word);
  return index === 0 ? !SYSTEM_PATH.test(word) || word.endsWith('.sh') : /\.(?:sh|py|js|mjs|rb|php|pl|jar)$/.test(word);
}

/** Returns null when there is no such field. A text is split like a shell does, but no shell runs it. */
function wordsOf(value: unknown, expand: (text: string) => string): readonly string[] | null {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return value.map((word) => expand(textOf(word)));
  return splitWords(expand(textOf(value).trim()).replaceAll('\n', ' ')).words.map(({ text }) => text);
}
