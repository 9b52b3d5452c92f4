import { stringify } from 'yaml';
import { connectLocal, type Connection } from '../../src/client/connection/connection.ts';
import type { HealerHome } from '../support/healer-home.ts';
import type { Random } from '../faults/random.ts';

/** A machine that is busy with other work may keep the engine waiting. */
const PATIENCE_MS = 60_000;
const RESTARTS = { policy: 'always', backoffMs: [500], cooldown: { restarts: 10_000, windowMs: 60_000 } };
const CHECK_TIMES = {
  intervalMs: 2_000,
  startupCheck: { initialDelayMs: 200, checkIntervalMs: 500, maxAttempts: 100 },
};
const shell = (script: string): object => ({ command: 'sh', args: ['-c', script] });
/** How many programs are added and removed, one after another. */
export const ADDED_PROGRAMS = 20;
/** Ten lines of 200 bytes a second. */
const LOGGER = '$| = 1; while (1) { print "line ", "x" x 200, "\\n"; select undef, undef, undef, 0.1 }';

/** How programs behave, with their shares of 20. */
const KINDS: readonly (readonly [kind: string, share: number, definition: (index: number, port: number) => object])[] =
  [
    ['sleeper', 7, () => ({ command: 'sleep', args: ['100000'] })],
    ['crasher', 3, (index) => ({ ...shell(`sleep ${String(3 + (index % 10))}; exit 1`), restart: RESTARTS })],
    ['finisher', 1, (index) => ({ ...shell(`sleep ${String(5 + (index % 10))}`), restart: RESTARTS })],
    ['logger', 3, () => ({ command: 'perl', args: ['-e', LOGGER], logs: { maxSizeMb: 0.1, keep: 2 } })],
    ['parent', 2, () => shell('sleep 100000 & (setsid sleep 100000 &); exec sleep 100000')],
    [
      'checked',
      2,
      () => ({
        command: 'sleep',
        args: ['100000'],
        health: { ...CHECK_TIMES, check: { type: 'exec', command: 'true' } },
      }),
    ],
    [
      'served',
      2,
      (index, port) => ({
        command: 'sleep',
        args: ['100000'],
        health: {
          ...CHECK_TIMES,
          check:
            index % 2 === 0
              ? { type: 'http', url: `http://127.0.0.1:${String(port)}/`, body: 'fine' }
              : { type: 'tcp', port },
        },
      }),
    ],
  ];

/** Returns healer.yaml with this many programs of all kinds. */
export function churningPrograms(count: number, port: number): string {
  const kinds = KINDS.flatMap(([kind, share, definition]) =>
    Array.from({ length: share }, () => ({ kind, definition })),
  );
  const processes: Record<string, object> = {};
  for (let index = 0; index < count; index++) {
    const { kind, definition } = kinds[index % kinds.length] ?? { kind: 'none', definition: () => ({}) };
    processes[`${kind}-${String(index)}`] = definition(index, port);
  }
  return stringify({ defaults: { stop: { gracefulTimeoutMs: 2_000 } }, processes });
}

/** What operators and clients do while programs churn. Each step ends what it began. */
export class Churn {
  readonly #home: HealerHome;
  readonly #random: Random;
  readonly #ids: readonly string[];
  #added = 0;
  steps = 0;

  constructor(home: HealerHome, random: Random, ids: readonly string[]) {
    this.#home = home;
    this.#random = random;
    this.#ids = ids;
  }

  async step(): Promise<void> {
    this.steps += 1;
    const { socket: socketPath } = this.#home.paths;
    const connection = await connectLocal({ socketPath, clientName: 'soak', timeoutMs: PATIENCE_MS });
    try {
      await this.#random.pick([restart, stopAndStart, addAndRemove, follow, watch, request])(connection, this.#next());
    } finally {
      connection.close();
      await connection.closed;
    }
  }

  #next(): Subject {
    return {
      id: this.#random.pick(this.#ids),
      added: `added-${String(++this.#added % ADDED_PROGRAMS)}`,
      home: this.#home,
    };
  }
}

interface Subject {
  readonly id: string;
  readonly added: string;
  readonly home: HealerHome;
}

type Step = (connection: Connection, subject: Subject) => Promise<void>;

/** An operation that the state of the program does not allow at this moment, as an operator may try. */
async function tried(operation: Promise<unknown>): Promise<void> {
  await operation.catch(() => undefined);
}

const restart: Step = ({ api }, { id }) => tried(api.restart({ id }));

const stopAndStart: Step = async ({ api }, { id }) => {
  await tried(api.stop({ id }));
  await tried(api.start({ id }));
};

const addAndRemove: Step = async ({ api }, { added }) => {
  const definition = { id: added, command: 'sh', args: ['-c', 'echo begun; exec sleep 100000'] };
  // On a machine without CPU time, a killed process may take longer than its timeout to exit: then a later step removes it.
  await tried(api.add({ definition }));
  await tried(api.restart({ id: added }));
  await tried(api.remove({ id: added }));
};

const follow: Step = async (connection, { id }) => {
  let lines = 0;
  const stream = await connection.subscribe('log', { id, tail: 100 }, () => (lines += 1));
  await connection.api.logs({ id, tail: 50 });
  await stream.close();
};

const watch: Step = async (connection) => {
  let messages = 0;
  const snapshots = await connection.subscribe('snapshot', {}, () => (messages += 1));
  const events = await connection.subscribe('events', {}, () => (messages += 1));
  await connection.api.list({});
  await Promise.all([snapshots.close(), events.close()]);
};

const request: Step = async ({ api }, { id, home }) => {
  await api.describe({ id });
  await home.run('ls');
};
