import { anyId, type Step } from '../step.ts';

/** Starts and shutdowns of the engine, and queries. */
export const LIFECYCLE: readonly Step[] = [
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
  {
    name: 'up twice at once',
    weight: 1,
    run: async (bed) => {
      await Promise.all([bed.up(), bed.up()]);
    },
  },
  {
    name: 'stop the watcher and start it again',
    weight: 2,
    needs: 'watcher',
    run: async (bed) => {
      await bed.cli('watcher', bed.random.pick(['--stop', '--restart', '--status']));
      await bed.startWatcher();
    },
  },
  {
    name: 'queries',
    weight: 2,
    run: async (bed) => {
      const id = anyId(bed);
      const queries = [
        ['why', id],
        ['describe', id],
        ['status'],
        ['ls', '--json'],
        ['events'],
        ['doctor'],
        ['sources'],
        ['anomalies'],
        ['suggest'],
        ['zombies'],
        ['cooldown'],
        ['check', 'checked'],
        ['logs', id, '-n', '50'],
        ['logs', 'all', '-n', '20', '--grep', '1'],
        ['config'],
        ['completion', 'bash'],
        ['startup', 'systemd'],
        ['test-email'],
      ];
      const chosen = [0, 1, 2, 3].map(() => bed.random.pick(queries));
      await Promise.all(chosen.map((args) => bed.cli(...args)));
    },
  },
];
