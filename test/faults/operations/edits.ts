import { isSingle, type FaultBed } from '../bed.ts';
import { type Subject, SUBJECTS } from '../catalog.ts';
import { anySubject, pause, type Step } from '../step.ts';

const EDIT_APPLIED_MS = 1_500;

/** Edits of the files and of the registry. */
export const EDITS: readonly Step[] = [
  { name: 'edit a definition', weight: 4, run: edit((bed, subject) => bed.sources.revise(subject)) },
  {
    name: 'remove a definition',
    weight: 3,
    run: edit((bed, { id }) => bed.goals.remove(id), isSingle),
  },
  {
    name: 'add definitions again',
    weight: 3,
    run: edit((bed) => {
      for (const subject of bed.goals.removed)
        if (isFromFile(subject) && isSingle(subject)) bed.goals.define(subject.id);
    }),
  },
  { name: 'remove a program of the registry', weight: 1, run: removeAdded },
  { name: 'add a program to the registry', weight: 2, run: addAgain },
  { name: 'change the command of a program of the registry', weight: 1, run: updateAdded },
  { name: 'an invalid edit', weight: 1, run: invalidEdit },
  {
    name: 'change a limit',
    weight: 1,
    run: async (bed) => {
      await bed.cli('update', anySubject(bed, isSingle).id, '--memory', '500');
    },
  },
  {
    name: 'change and unset a field in the registry',
    weight: 1,
    run: async (bed) => {
      const { id } = anySubject(bed, isSingle);
      await bed.cli('update', id, '--cpu', '900');
      await bed.cli('update', id, '--unset', 'cpu');
    },
  },
  { name: 'drop the second project and add it again', weight: 1, run: dropProject },
  {
    name: 'reload-config after an edit',
    weight: 1,
    run: async (bed) => {
      bed.sources.revise(anySubject(bed));
      bed.writeSources();
      await bed.cli('reload-config', ...(bed.random.chance(0.3) ? ['--dry-run'] : []));
      await pause(EDIT_APPLIED_MS);
    },
  },
  {
    name: 'up with other sets of files',
    weight: 1,
    run: async (bed) => {
      const { yaml, list, project } = bed.sources;
      await bed.cli('up', '--dry-run', '-f', yaml);
      const { code } = await bed.cli('up', '--replace', '--yes', '-f', yaml, '-f', list, '-f', project);
      // The second project is now part of the first set, so it must not be named in a set of its own.
      bed.note(`the files were named in one set: ${String(code)}`);
    },
  },
];

function isFromFile({ source }: Subject): boolean {
  return source !== 'registry';
}

/** Returns an edit of the files, which the engine applies by itself. */
function edit(
  change: (bed: FaultBed, subject: Subject) => void,
  fits: (subject: Subject) => boolean = () => true,
): Step['run'] {
  return async (bed) => {
    const subject = anySubject(bed, (each) => isFromFile(each) && !isNeeded(each) && fits(each));
    change(bed, subject);
    bed.note(`edit of the files: ${subject.id}`);
    bed.writeSources();
    await pause(EDIT_APPLIED_MS);
  };
}

/** Definitions that others depend on are kept, because the file would be rejected without them. */
function isNeeded({ id }: Subject): boolean {
  return SUBJECTS.some(({ dependsOn }) => dependsOn.includes(id));
}

function addedSubjects(bed: FaultBed): readonly Subject[] {
  return bed.goals.defined.filter((subject) => !isFromFile(subject));
}

async function removeAdded(bed: FaultBed): Promise<void> {
  const added = addedSubjects(bed);
  if (added.length === 0) return;
  const { id } = bed.random.pick(added);
  bed.goals.allow(id, 'removed');
  const { code } = await bed.cli('remove', id);
  if (code === 0) bed.goals.expectOneOf(id, ['removed']);
}

async function addAgain(bed: FaultBed): Promise<void> {
  for (const subject of bed.goals.removed.filter((each) => !isFromFile(each))) {
    bed.goals.allow(subject.id, 'up');
    const { code } = await bed.add(subject);
    if (code === 0) bed.goals.expectOneOf(subject.id, ['up']);
  }
}

async function updateAdded(bed: FaultBed): Promise<void> {
  const added = addedSubjects(bed);
  if (added.length === 0) return;
  const subject = bed.random.pick(added);
  bed.sources.revise(subject);
  await bed.cli('update', subject.id, '--', ...bed.sources.commandOf(subject));
}

async function invalidEdit(bed: FaultBed): Promise<void> {
  bed.sources.spoil(bed.random.pick(['yaml', 'list']));
  await pause(bed.random.int(100, EDIT_APPLIED_MS));
  if (bed.random.chance(0.3)) await bed.cli('config', 'check', bed.sources.yaml);
  bed.writeSources();
  await pause(EDIT_APPLIED_MS);
}

async function dropProject(bed: FaultBed): Promise<void> {
  const ids = bed.goals.defined.filter(({ source }) => source === 'project').map(({ id }) => id);
  const before = ids.map((id) => bed.goals.possible(id));
  for (const id of ids) bed.goals.allow(id, 'removed');
  // Another step may name it while the command runs, before or after it takes effect.
  bed.projectForgotten();
  const { code } = await bed.cli('down', '-f', bed.sources.project, '--yes');
  bed.projectForgotten();
  if (code === 0) for (const id of ids) bed.goals.expectOneOf(id, ['removed']);
  await pause(bed.random.int(0, 500));
  ids.forEach((id, index) => {
    const goals = (before[index] ?? []).map((goal) => (goal === 'stopped' ? 'up' : goal));
    bed.goals.expectOneOf(id, [...(before[index] ?? []), ...goals]);
  });
  await bed.up();
}
