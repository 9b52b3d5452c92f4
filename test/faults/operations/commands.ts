import { isSingle, type FaultBed } from '../bed.ts';
import { INSTANCES, SUBJECTS, type Subject } from '../catalog.ts';
import { allowStartOfDependencies } from '../dependency-goals.ts';
import type { Goal } from '../goals.ts';
import { anyId, anySubject, pause, type Step } from '../step.ts';

/** Commands that operate on programs. */
export const COMMANDS: readonly Step[] = [
  commandOf('restart', 6, 'up'),
  commandOf('stop', 4, 'stopped'),
  commandOf('start', 6, 'up'),
  commandOf('kill', 2, 'stopped'),
  commandOf('disable', 2, 'disabled', isSingle),
  commandOf('enable', 4, 'up', isSingle),
  {
    name: 'stop and start several programs',
    weight: 2,
    run: async (bed) => {
      const ids = [...new Set([anyId(bed), anyId(bed), anyId(bed)])];
      await operate(bed, ['stop'], ids, 'stopped');
      await operate(bed, ['start'], ids, 'up');
    },
  },
  {
    name: 'stop with a timeout',
    weight: 1,
    run: (bed) => operate(bed, ['stop', '--timeout', '200ms'], [anyId(bed)], 'stopped'),
  },
  {
    name: 'stop all and start all',
    weight: 1,
    run: async (bed) => {
      const runnable = bed.goals.defined.filter(({ id }) => bed.goals.possible(id).includes('up')).map(({ id }) => id);
      for (const id of runnable) bed.goals.allow(id, 'stopped');
      await bed.cli('stop', 'all');
      await bed.cli('start', 'all');
      // "all" leaves out programs to which an operation does not apply at this moment, such as one that has exited.
      for (const { id } of bed.goals.defined) if (bed.goals.possible(id).includes('stopped')) bed.goals.allow(id, 'up');
    },
  },
  {
    // "all" stands for programs that are running or scheduled to start; one that was stopped is started only as a dependency.
    name: 'restart all',
    weight: 1,
    run: async (bed) => {
      await bed.goals.restartAll(() => bed.run('restart', 'all'));
      for (const { id } of bed.goals.defined)
        if (bed.goals.possible(id).includes('up')) allowStartOfDependencies(bed, id);
    },
  },
  {
    name: 'pause and resume',
    weight: 2,
    run: async (bed) => {
      const id = anyId(bed);
      bed.suspended.add(id);
      await bed.cli('pause', id);
      await pause(bed.random.int(50, 500));
      await bed.cli('resume', id);
    },
  },
  {
    name: 'reload',
    weight: 1,
    run: async (bed) => {
      await bed.cli('reload', anySubject(bed, ({ role }) => role === 'counter').id);
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
    name: 'end a cooldown',
    weight: 1,
    run: async (bed) => {
      await bed.cli('cooldown', 'reset', anyId(bed));
    },
  },
  {
    name: 'many commands at once',
    weight: 1,
    run: async (bed) => {
      await Promise.all(Array.from({ length: 6 }, () => operate(bed, ['restart'], [anyId(bed)], 'up')));
    },
  },
  { name: 'change the number of instances', weight: 1, run: scale },
  {
    name: 'track and untrack an unmanaged process',
    weight: 1,
    run: async (bed) => {
      const pid = String(bed.random.pick(bed.bystanders.pids));
      await bed.cli('track', pid);
      await bed.cli('track', '--list');
      await bed.cli('untrack', pid);
    },
  },
];

/** Returns a command for a random program. If the command succeeds, `goal` is the new goal; otherwise it is a possible one. */
function commandOf(command: string, weight: number, goal: Goal, fits?: (subject: Subject) => boolean): Step {
  return { name: command, weight, run: (bed) => operate(bed, [command], [anySubject(bed, fits).id], goal) };
}

async function operate(bed: FaultBed, command: readonly string[], ids: readonly string[], goal: Goal): Promise<void> {
  // Recorded before the command, because a fault may occur while it is running.
  for (const id of ids) {
    bed.goals.allow(id, goal);
    if (goal === 'up') allowStartOfDependencies(bed, id);
  }
  const areAllRestarted = bed.goals.noteRestartsOfAll();
  const { code } = await bed.cli(...command, ...ids);
  const goals: readonly Goal[] = goal === 'stopped' && areAllRestarted() ? ['stopped', 'up'] : [goal];
  if (code === 0) for (const id of ids) bed.goals.expectOneOf(id, goals);
}

async function scale(bed: FaultBed): Promise<void> {
  const count = bed.random.int(1, INSTANCES);
  const instances = SUBJECTS.filter(({ instanceOf }) => instanceOf === 'multi').map(({ id }, index) => {
    const before = bed.goals.possible(id);
    const after: readonly Goal[] =
      index >= count ? ['removed'] : before.map((goal) => (goal === 'removed' ? 'up' : goal));
    return { id, before, after };
  });
  for (const { id, before, after } of instances) bed.goals.expectOneOf(id, [...before, ...after]);
  const { code } = await bed.cli('scale', 'multi', String(count));
  if (code === 0) for (const { id, after } of instances) bed.goals.expectOneOf(id, after);
}
