import type { MergedSources } from './merge-sources.ts';
import { mergeSources } from './merge-sources.ts';
import { readSources } from './read-sources.ts';
import type { Registry } from '../registry/registry-content.ts';
import { readingOfRegistry } from '../registry/registry-reading.ts';
import { loadRegistry, type RegistrySource } from '../registry/registry-source.ts';
import { settleSources } from './settle-sources.ts';
import type { SourceReading } from '../reading/source-reading.ts';

export interface SourceFiles {
  /** Process lists and healer.yaml files. */
  readonly files: readonly string[];
  readonly registryFile: string;
}

/** What all sources come to, and what is needed to judge the next edit of one. */
export interface LoadedSources extends MergedSources {
  /** Programs that the files define, by id → where: what the registry says of them are differences. */
  readonly elsewhere: ReadonlyMap<string, string>;
  readonly registry: Registry;
  /** What was read last of each file that is in force. */
  readonly inForce: ReadonlyMap<string, SourceReading>;
  /** Files whose edit changes nothing, because of errors in it. */
  readonly refused: readonly string[];
}

interface Circumstances {
  /** Where `${NAME}` is looked up. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What is in force now, see `settleSources`. */
  readonly before?: ReadonlyMap<string, SourceReading>;
  /** Whether a file that is empty is known to be meant so; else it says what it said before. */
  readonly mayBeBlank?: (file: string) => boolean;
}

/** Reads what defines programs. Never rejects: a source that cannot be read is a problem that says why. */
export async function loadSources(
  { files, registryFile }: SourceFiles,
  { env, before = new Map(), mayBeBlank = () => true }: Circumstances,
): Promise<LoadedSources> {
  const found = await readSources(files, env);
  const readings = found.map((reading) =>
    reading.isBlank && !mayBeBlank(reading.file) ? (before.get(reading.file) ?? reading) : reading,
  );
  return joinSources(readings, { source: loadRegistry(registryFile), file: registryFile }, before);
}

/** Which programs files and a registry define together, once they are read. */
export function joinSources(
  readings: readonly SourceReading[],
  { source, file: registryFile }: { readonly source: RegistrySource; readonly file: string },
  before: ReadonlyMap<string, SourceReading> = new Map(),
): LoadedSources {
  const settled = settleSources([...readings, readingOfRegistry(source, registryFile)], before);
  const { merged, problems, inForce, refused } = settled;
  const ofFiles = [...inForce.values()].filter(({ file }) => file !== registryFile);
  // Most often the registry names no program, and all of them are those of the files.
  const { specs } = source.definitions.length === 0 ? merged : mergeSources(ofFiles);
  return { ...merged, problems, inForce, refused, registry: source.registry, elsewhere: placesOf(ofFiles, specs) };
}

/** Instances count by their own ids, and the program that they are copies of by its own. */
function placesOf(readings: readonly SourceReading[], specs: MergedSources['specs']): ReadonlyMap<string, string> {
  const written = readings.flatMap(({ definitions }) => definitions.map(({ id, origin }) => [id, origin] as const));
  const running = specs.map(({ spec, origin }) => [spec.id, origin] as const);
  return new Map([...written, ...running]);
}
