import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import {
  commandOf,
  DEFAULTS,
  definedIdOf,
  definitionOf,
  type Place,
  type SourceKind,
  type Subject,
} from './catalog.ts';

/** The files that define the programs. Those of the registry are defined by commands. */
export class SourceFiles {
  readonly yaml: string;
  readonly list: string;
  readonly project: string;
  readonly #place: Place;
  readonly #revisions = new Map<string, number>();

  constructor(folder: string, place: Place) {
    this.yaml = join(folder, 'healer.yaml');
    this.list = join(folder, 'process_list.txt');
    this.project = join(folder, 'project', 'healer.yaml');
    this.#place = place;
    mkdirSync(dirname(this.project));
  }

  /** Writes the definitions of these programs into the files. */
  write(subjects: readonly Subject[]): void {
    const of = (kind: SourceKind): readonly Subject[] => subjects.filter(({ source }) => source === kind);
    writeFileSync(this.yaml, this.#yamlOf(of('yaml')));
    writeFileSync(this.project, this.#yamlOf(of('project')));
    const lines = of('list').map((subject) => `${subject.id} - - -- ${this.commandOf(subject).join(' ')}`);
    writeFileSync(this.list, ['# The programs of a list.', ...lines, ''].join('\n'));
  }

  /** Makes the files of a kind invalid until they are written again. */
  spoil(kind: 'yaml' | 'list'): void {
    if (kind === 'yaml') writeFileSync(this.yaml, 'processes: [\n');
    else writeFileSync(this.list, 'listed-quiet "\n');
  }

  commandOf(subject: Subject): readonly string[] {
    return commandOf(subject, this.#place, this.#revisionOf(subject));
  }

  /** Changes the definition of a program in a way that requires a restart. */
  revise(subject: Subject): void {
    this.#revisions.set(definedIdOf(subject), this.#revisionOf(subject) + 1);
  }

  #revisionOf(subject: Subject): number {
    return this.#revisions.get(definedIdOf(subject)) ?? 0;
  }

  #yamlOf(subjects: readonly Subject[]): string {
    const processes = Object.fromEntries(
      subjects.map((subject) => [definedIdOf(subject), definitionOf(subject, this.#place, this.#revisionOf(subject))]),
    );
    return stringify({ defaults: DEFAULTS, processes });
  }
}
