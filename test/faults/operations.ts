import { writeFileSync } from 'node:fs';
import { SUBJECTS } from './catalog.ts';
import type { FaultBed, Goal } from './bed.ts';
import type { Need } from './machine.ts';

/** A step of a test run: a command, an edit of the definitions, or a fault. */
export interface Step {
  readonly name: string;
  readonly weight: number;
  /** What the machine must offer; the step is skipped and named otherwise. */
  readonly needs?: Need;
  readonly run: (bed: FaultBed) => Promise<void>;
}

const EDIT_APPLIED_MS = 1_500;

/** Commands and edits of an operator. */
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
  { name: 'remove a definition', weight: 2, run: edit((bed, id) => bed.removeDefinition(id)) },
  { name: 'add definitions again', weight: 2, run: edit((bed) => bed.addDefinitionsAgain()) },
  {
    // "all" stands for programs that are running or scheduled to start; programs that an operator stopped stay stopped.
    name: 'restart all',
    weight: 1,
    run: async (bed) => {
      await bed.cli('restart', 'all');
    },
  },
  {
    name: 'an invalid edit',
    weight: 1,
    run: async (bed) => {
      writeFileSync(bed.yamlFile, 'processes: [\n');
      await pause(bed.random.int(100, EDIT_APPLIED_MS));
      bed.writeYaml();
      await pause(EDIT_APPLIED_MS);
    },
  },
  {
    name: 'change and unset a field in the registry',
    weight: 1,
    run: async (bed) => {
      const id = anyId(bed);
      await bed.cli('update', id, '--cpu', '900');
      await bed.cli('update', id, '--cpu', 'none');
    },
  },
  {
    name: 'queries',
    weight: 1,
    run: async (bed) => {
      await Promise.all([bed.cli('why', anyId(bed)), bed.cli('status'), bed.cli('events'), bed.cli('doctor')]);
    },
  },
  {
    name: 'many commands at once',
    weight: 1,
    run: async (bed) => {
      await Promise.all(Array.from({ length: 6 }, () => commandOf('restart', 1, 'up').run(bed)));
    },
  },
  {
    name: 'replace the engine',
    weight: 1,
    run: async (bed) => {
      const answer = await bed.home.ask((api) => api.restartMonitor({})).then(() => 'accepted', String);
      bed.note(`restartMonitor → ${answer}`);
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

/** Returns a command for a random program. If the command succeeds, `goal` is the new goal; otherwise it is a possible one. */
function commandOf(command: string, weight: number, goal: Goal): Step {
  return {
    name: command,
    weight,
    run: async (bed) => {
      const id = anyId(bed);
      // Recorded before the command, because a fault may occur while it is running.
      bed.expectOneOf(id, [...bed.possibleGoals(id), goal]);
      if (goal === 'up') allowStartOfDependencies(bed, id);
      const { code } = await bed.cli(command, id);
      if (code === 0) bed.expectOneOf(id, [goal]);
    },
  };
}

/** A start also starts stopped dependencies. */
function allowStartOfDependencies(bed: FaultBed, id: string): void {
  for (const dependency of SUBJECTS.find((each) => each.id === id)?.dependsOn ?? []) {
    if (bed.possibleGoals(dependency).includes('stopped')) bed.expectOneOf(dependency, ['stopped', 'up']);
    allowStartOfDependencies(bed, dependency);
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

/** Definitions that others depend on are kept, because the file would be rejected without them. */
function isNeeded(id: string): boolean {
  return SUBJECTS.some(({ dependsOn }) => dependsOn.includes(id));
}

export function anyId(bed: FaultBed): string {
  return bed.random.pick(bed.subjects).id;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
