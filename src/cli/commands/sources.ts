import { sanitizeText } from '../../base/sanitize-text.ts';
import { listAll } from '../../client/attach/list-all.ts';
import type { RunOf } from '../command/command.ts';
import type { ENGINE_COMMANDS } from '../command-groups/engine-commands.ts';
import { type Context, withConnection } from '../command/context.ts';
import { connectIfRunning } from '../engine/start-engine.ts';
import { printLabeledValues } from '../output/labeled-values.ts';

/** The sources of programs, as `--json` prints them. */
interface SourceSet {
  /** False without a running engine: the sources are those that the next engine will read. */
  readonly isRunning: boolean;
  readonly sources: readonly { readonly file: string; readonly programs: readonly string[] }[];
  /** Running programs that no source defines. */
  readonly unlisted: readonly string[];
}

interface PlacedProgram {
  readonly id: string;
  readonly source: string;
}

const REGISTRY = 'registry';

export const run: RunOf<typeof ENGINE_COMMANDS.sources> = async (context) => {
  const { terminal } = context;
  const set = await readSet(context);
  if (terminal.json) terminal.printJson(set);
  else printSet(context, set);
  return 0;
};

async function readSet(context: Context): Promise<SourceSet> {
  const connection = context.remote === null ? await connectIfRunning(context.paths) : null;
  if (context.remote === null && connection === null) return readOffline(context);
  connection?.close();
  return withConnection(context, async ({ api }) => {
    const [{ sources }, rows] = [await api.status({}), await listAll(api)];
    return { isRunning: true, ...assign(sources, rows) };
  });
}

/** Reads what the last engine recorded. */
async function readOffline({ paths }: Context): Promise<SourceSet> {
  const [{ openOfflineRegistry }, { readSourcesNote }] = await Promise.all([
    import('../../config/sources/offline-registry.ts'),
    import('../../config/sources/sources-note.ts'),
  ]);
  const registry = await openOfflineRegistry(paths, []);
  const programs = (await registry.programs()).map(({ spec, origin }) => ({ id: spec.id, source: origin }));
  const files = readSourcesNote(paths.sourcesFile).ups.flat();
  const isUsed = programs.some(({ source }) => placesOf(source).includes(REGISTRY));
  return { isRunning: false, ...assign(isUsed ? [...files, paths.registryFile] : files, programs) };
}

/** Lists each program under the source that defines it; one with overrides in the registry stays under its file. */
function assign(files: readonly string[], programs: readonly PlacedProgram[]): Pick<SourceSet, 'sources' | 'unlisted'> {
  const registryFile = files.find((file) => isRegistry(file)) ?? REGISTRY;
  const fileOf = ({ source }: PlacedProgram): string | undefined =>
    placesOf(source)
      .map((place) => (place === REGISTRY ? registryFile : place))
      .find((place) => files.includes(place));
  const sources = files.map((file) => ({
    file,
    programs: programs.filter((program) => fileOf(program) === file).map(({ id }) => id),
  }));
  return { sources, unlisted: programs.filter((program) => fileOf(program) === undefined).map(({ id }) => id) };
}

function isRegistry(file: string): boolean {
  return /\/registry(?:\.[^/]*)?\.json$/.test(file);
}

/** Returns the files in an origin such as "/srv/list.txt:3, registry". */
function placesOf(origin: string): readonly string[] {
  return origin.split(', ').map((place) => place.replace(/:\d+$/, ''));
}

function printSet({ terminal }: Context, { isRunning, sources, unlisted }: SourceSet): void {
  if (!isRunning) terminal.note('the engine is not running; these are the files that the next "healer up" reads');
  if (sources.length === 0)
    terminal.print('No sources. Add one with "healer up -f FILE", or a program with "healer add".');
  printLabeledValues(
    terminal,
    sources.map(({ file, programs }) => [
      sanitizeText(file),
      programs.length === 0 ? 'no programs' : programs.join(', '),
    ]),
  );
  if (unlisted.length > 0) {
    terminal.print(
      `In no source, but running: ${unlisted.join(', ')}. Remove with "healer remove ${unlisted.join(' ')}".`,
    );
  }
}
