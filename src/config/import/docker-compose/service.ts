import { basename, resolve } from 'node:path';
import type { Environment } from '../../../base/environment.ts';
import { commandFrom } from '../draft/command-from.ts';
import { convertFields } from '../draft/convert-field.ts';
import { escapeReferences } from '../draft/escape-references.ts';
import { isFolder } from '../draft/file-mode.ts';
import { interpolate } from '../draft/interpolate.ts';
import { type Fields, fieldsOf, isFields, listOf } from '../draft/plain-values.ts';
import { ProgramDraft } from '../draft/program-draft.ts';
import { textOf } from '../draft/text-of.ts';
import { type Dockerfile, readDockerfile } from './dockerfile.ts';
import { hostPaths, type Mount } from './host-paths.ts';
import { SERVICE_FIELDS } from './service-fields.ts';
import { commandOf, type ServiceImage } from './service-command.ts';
import { noteNetwork } from './service-network.ts';
import { readTextFile } from '../draft/text-file.ts';

interface ServiceContext {
  /** The folder of the file. */
  readonly folder: string;
  /** The variables of `.env`, which fill in references. */
  readonly known: Environment;
  /** The names of all services. */
  readonly services: readonly string[];
  /** Returns the place of a field, or of the service itself. */
  readonly placeOf: (key: string | null) => string;
}

/** Docker waits 0.1 s before it starts a container again, and twice as long each time, up to a minute. */
const BACKOFF_MS = [100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 51_200, 60_000];
/** Docker forgets failures once a container has run this long. */
const RESET_MS = 10_000;

/** Converts a service. It has a problem when its program exists only in the image. */
export function convertService(name: string, service: Fields, context: ServiceContext): ProgramDraft {
  const { folder, known, placeOf } = context;
  const draft = new ProgramDraft(name);
  const expand = (text: string): string => interpolate(text, known);
  const image = imageOf(service, folder, expand);
  const paths = hostPaths(service, { folder, built: image.built, expand });
  const environment = {
    ...escapeReferences(image.dockerfile?.variables ?? {}),
    ...variablesOf(service['environment'], expand),
  };
  const command = commandOf(service, { name, place: placeOf(null), image, paths, expand }, draft);
  const asked =
    typeof service['working_dir'] === 'string'
      ? expand(service['working_dir'])
      : (image.dockerfile?.workingFolder ?? null);
  const cwd = asked === null ? null : paths.find(asked);
  if (asked !== null && cwd === null && draft.problem === null && service['working_dir'] !== undefined)
    draft.lose(
      placeOf('working_dir'),
      `"${asked}" exists only in the container; programs run in the folder of their code`,
    );
  const place = cwd ?? image.context ?? folder;
  draft.set({
    ...command,
    command: command.shell === true ? command.command : commandFrom(place, command.command),
    cwd: place,
    ...(Object.keys(environment).length > 0 && { env: environment }),
    restart: { policy: 'never', backoffMs: BACKOFF_MS, resetAfterMs: RESET_MS },
    stop: { gracefulTimeoutMs: 10_000 },
  });
  draft.lose(placeOf(null), ON_THIS_MACHINE);
  setEnvFiles(service['env_file'], folder, expand, draft);
  const fields = Object.entries(service).map(([key, value]) => [key, value, placeOf(key)] as const);
  convertFields(fields, SERVICE_FIELDS, draft, 'Docker Compose');
  if (draft.spec.restart?.policy === 'never') draft.set({ restart: { policy: 'never' } });
  noteNetwork(service, { ...context, name, expand }, draft);
  return draft;
}

const ON_THIS_MACHINE =
  'it runs on this machine instead of in a container: install what its image contains, and mind that it sees all files and ports';

function imageOf(service: Fields, folder: string, expand: (text: string) => string): ServiceImage {
  const { build, image } = service;
  const name = typeof image === 'string' ? expand(image) : null;
  if (build === undefined || build === null)
    return { name, context: null, dockerfile: null, built: [], hasDockerfile: false };
  const fields: Fields = isFields(build) ? build : { context: build };
  const path = resolve(folder, expand(textOf(fields['context'] ?? '.')));
  const inline = fields['dockerfile_inline'];
  const text =
    typeof inline === 'string' ? inline : readTextFile(resolve(path, textOf(fields['dockerfile'] ?? 'Dockerfile')));
  const target = fields['target'];
  const dockerfile: Dockerfile | null =
    text === null ? null : readDockerfile(text, typeof target === 'string' ? target : null);
  const built = dockerfile === null ? [] : copiedTo(dockerfile, path);
  return { name, context: path, dockerfile, built, hasDockerfile: text !== null };
}

/** Returns where the image has files of its folder. Without a copy, the working directory is assumed to have all of them. */
function copiedTo({ copies, workingFolder }: Dockerfile, context: string): readonly Mount[] {
  const plain = (path: string): string => path.replace(/(?<=.)\/+$/, '');
  const mounts = copies.map(({ source, target }): Mount => {
    const onHost = resolve(context, source.replace(/^\/+/, ''));
    // Without a slash, a folder that exists in the image receives the file too.
    const isIntoFolder = target.endsWith('/') || target === workingFolder;
    const isInside = isIntoFolder && !isFolder(onHost) && basename(source).includes('.', 1);
    return { inContainer: isInside ? `${plain(target)}/${basename(source)}` : plain(target), onHost };
  });
  const isRoot = workingFolder !== null && !mounts.some(({ inContainer }) => inContainer === plain(workingFolder));
  const all = isRoot ? [...mounts, { inContainer: plain(workingFolder), onHost: context }] : mounts;
  // Programs of the image are below the root folder too.
  return all.filter(({ inContainer }) => inContainer !== '/' && inContainer !== '');
}

/** Docker Compose reads env files from the folder of its file. */
function setEnvFiles(value: unknown, folder: string, expand: (text: string) => string, draft: ProgramDraft): void {
  const files = listOf(value).map((file): Fields => (isFields(file) ? file : { path: file }));
  if (files.length === 0) return;
  draft.set({
    envFile: files.map(
      ({ path, required }) => `${required === false ? '?' : ''}${resolve(folder, expand(textOf(path)))}`,
    ),
    ...(files.every(({ format }) => format === 'raw') && { envFileDialect: 'docker' }),
  });
}

function variablesOf(value: unknown, expand: (text: string) => string): Record<string, string> {
  const pairs = isFields(value)
    ? Object.entries(fieldsOf(value))
    : listOf(value).map((pair): [string, unknown] => {
        const text = textOf(pair);
        const at = text.indexOf('=');
        return at === -1 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
      });
  // A name alone passes the variable on, as healer does with all variables.
  return Object.fromEntries(
    pairs.filter(([, written]) => written !== null).map(([name, written]) => [name, expand(textOf(written))]),
  );
}
