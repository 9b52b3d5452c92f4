import { SUBJECTS } from './catalog.ts';
import type { FaultBed, Wish } from './bed.ts';

/** Something that happens to the engine under test: an operator's command, an edit, or a fault. */
export interface Step {
  readonly name: string;
  readonly weight: number;
  readonly run: (bed: FaultBed) => Promise<void>;
}

const EDIT_APPLIED_MS = 1_500;

/** What operators do all day. */
export const OPERATIONS: readonly Step[] = [
  commandOf('restart', 6, 'up'),
  commandOf('stop', 4, 'stopped'),
  commandOf('start', 6, 'up'),
  commandOf('kill', 2, 'stopped'),
  commandOf('disable', 2, 'disabled'),
  commandOf('enable', 4, 'up'),
  {
    name: 'pause and resume',
    weight: 2,
    run: async (bed) => {
      const id = anyId(bed);
      await bed.cli('pause', id);
      await pause(bed.random.int(50, 500));
      await bed.cli('resume', id);
    },
  },
  {
    name: 'hold and release',
    weight: 1,
    run: async (bed) => {
      const id = anyId(bed);
      await bed.cli('hold', id, '--for', '10s');
      await bed.cli('release', id);
    },
  },
  {
    name: 'change a limit',
    weight: 1,
    run: async (bed) => {
      await bed.cli('update', anyId(bed), '--memory', '500');
    },
  },
  {
    name: 'end a cooldown',
    weight: 1,
    run: async (bed) => {
      await bed.cli('cooldown', 'reset', anyId(bed));
    },
  },
  { name: 'edit a definition', weight: 3, run: edit((bed, id) => bed.revise(id)) },
  { name: 'remove a definition', weight: 2, run: edit((bed, id) => bed.doubt(id, ['removed'])) },
  { name: 'add definitions again', weight: 2, run: edit(addAgain) },
  {
    // It means the programs that run or are due to; those that were stopped by hand stay as they are.
    name: 'restart all',
    weight: 1,
    run: async (bed) => {
      await bed.cli('restart', 'all');
    },
  },
  {
    name: 'down and up',
    weight: 2,
    run: async (bed) => {
      await bed.down();
      await bed.up();
    },
  },
  {
    name: 'down --keep and up',
    weight: 2,
    run: async (bed) => {
      await bed.cli('down', '--keep');
      await bed.up();
    },
  },
];

/** Returns one command on a random program that leads to a wish, or, where it fails or is cut off, perhaps to it. */
function commandOf(command: string, weight: number, wish: Wish): Step {
  return {
    name: command,
    weight,
    run: async (bed) => {
      const id = anyId(bed);
      const before = bed.wishes.get(id) ?? 'up';
      // Announced first: a fault may strike while the command runs.
      bed.doubt(id, [before, wish]);
      if (wish === 'up') doubtDependencies(bed, id);
      const { code } = await bed.cli(command, id);
      if (code === 0) bed.doubt(id, [wish]);
    },
  };
}

/** A start may start what the program depends on, when that was stopped. */
function doubtDependencies(bed: FaultBed, id: string): void {
  for (const dependency of SUBJECTS.find((each) => each.id === id)?.dependsOn ?? []) {
    if (bed.possibleWishes(dependency).includes('stopped')) bed.doubt(dependency, ['stopped', 'up']);
    doubtDependencies(bed, dependency);
  }
}

function edit(change: (bed: FaultBed, id: string) => void): Step['run'] {
  return async (bed) => {
    const id = bed.random.pick(bed.subjects.filter((subject) => !isNeeded(subject.id))).id;
    change(bed, id);
    bed.note(`edit of healer.yaml: ${id}`);
    bed.writeYaml();
    await pause(EDIT_APPLIED_MS);
  };
}

function addAgain(bed: FaultBed): void {
  for (const [id, wish] of bed.wishes) if (wish === 'removed') bed.doubt(id, ['up']);
}

/** A definition that others depend on stays: without it the whole file would be refused. */
function isNeeded(id: string): boolean {
  return SUBJECTS.some(({ dependsOn }) => dependsOn.includes(id));
}

export function anyId(bed: FaultBed): string {
  return bed.random.pick(bed.subjects).id;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
