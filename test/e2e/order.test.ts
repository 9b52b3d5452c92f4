import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { openShell, shows } from '../support/shell.ts';
import { waitFor } from '../support/wait-for.ts';

let home: HealerHome;
beforeEach(() => {
  home = new HealerHome();
});
afterEach(() => home[Symbol.asyncDispose]());

type Fields = Readonly<Record<string, unknown>>;

/** Writes "start ID" and, 200 ms after SIGTERM, "end ID" to a common file: so long an order that is wrong is visible. */
const RECORDER = `
import { appendFileSync } from 'node:fs';
const note = (what) => appendFileSync(process.env.RECORD, what + ' ' + process.env.HEALER_ID + '\\n');
process.on('SIGTERM', () => setTimeout(() => { note('end'); process.exit(0); }, 200));
note('start');
console.log('noted');
setInterval(() => {}, 1000);
`;

/** web → api → db, reports → db */
const CHAIN: Readonly<Record<string, Fields>> = {
  db: {},
  api: { dependsOn: ['db'] },
  reports: { dependsOn: ['db'] },
  web: { dependsOn: ['api'] },
};

function define(chain: Readonly<Record<string, Fields>>, common: Fields = {}): void {
  const script = home.write('recorder.mjs', RECORDER);
  const base = {
    command: process.execPath,
    args: [script],
    // Otherwise a dependent could write its start first.
    ready: { log: 'noted' },
    env: { RECORD: join(home.folder, 'record') },
  };
  const processes = Object.fromEntries(
    Object.entries(chain).map(([id, fields]) => [id, { ...base, ...common, ...fields }]),
  );
  writeFileSync(join(home.folder, 'healer.yaml'), JSON.stringify({ processes }));
}

async function up(chain: Readonly<Record<string, Fields>> = CHAIN, ids = Object.keys(chain)): Promise<void> {
  define(chain);
  await home.ok('up', '-f', join(home.folder, 'healer.yaml'));
  for (const id of ids) await home.state(id, 'running');
  home.write('record', '');
}

/** Waits until so many programs have exited, and returns them in this order. */
async function ends(count: number): Promise<string[]> {
  const read = (): string[] => [...home.read('record').matchAll(/^end (.*)$/gm)].map(([, id = '']) => id);
  await waitFor(() => read().length >= count, `${String(count)} programs to exit`);
  return read();
}

async function expectOrder(ids: readonly string[]): Promise<void> {
  const order = await ends(ids.length);
  expect([...order].sort()).toEqual([...ids].sort());
  for (const [dependent, dependency] of [
    ['web', 'api'],
    ['api', 'db'],
    ['reports', 'db'],
    ['web', 'db'],
  ] as const) {
    if (order.includes(dependent) && order.includes(dependency))
      expect(order.indexOf(dependent), `${dependent} before ${dependency}`).toBeLessThan(order.indexOf(dependency));
  }
}

const ALL = ['db', 'api', 'reports', 'web'];

describe('dependents exit before their dependencies', () => {
  test.each<[string, ids: readonly string[], act: () => unknown]>([
    ['stop all', ALL, () => home.ok('stop', 'all')],
    ['restart all', ALL, () => home.ok('restart', 'all')],
    ['disable, listed in another order', ALL, () => home.ok('disable', 'db', 'api', 'web', 'reports')],
    [
      'an edit that restarts all',
      ALL,
      () => {
        define(CHAIN, { nice: 1 });
      },
    ],
    [
      'an edit that removes all',
      ALL,
      () => {
        define({});
      },
    ],
    [
      'an edit that restarts some',
      ['db', 'web'],
      () => {
        const { db, web, ...others } = CHAIN;
        define({ ...others, db: { ...db, nice: 1 }, web: { ...web, nice: 1 } });
      },
    ],
  ])('with %s', async (_what, ids, act) => {
    await up();
    await act();
    await expectOrder(ids);
  });

  test('with remove of several programs', async () => {
    await home.ok('up');
    const script = home.write('recorder.mjs', RECORDER);
    const record = `RECORD=${join(home.folder, 'record')}`;
    const healed = { db: [], api: ['db'], reports: ['db'], web: ['api'] };
    for (const [id, dependsOn] of Object.entries(healed)) {
      const definition = {
        id,
        command: process.execPath,
        args: [script],
        dependsOn,
        // Otherwise a dependent could write its start first.
        ready: { log: 'noted' },
        env: { RECORD: record.slice(7) },
      };
      await home.ask((api) => api.add({ definition }));
    }
    for (const id of ALL) await home.state(id, 'running');
    await home.ok('remove', ...ALL);
    await expectOrder(ALL);
    await home.down();
  });

  test('with instances that share a base id', async () => {
    await up({ db: { instances: 2 }, web: { dependsOn: ['db'], instances: 2 } }, [
      ...['db-0', 'db-1', 'web-0', 'web-1'],
    ]);
    await home.ok('stop', 'db', 'web');
    const order = await ends(4);
    expect(order.slice(0, 2).sort()).toEqual(['web-0', 'web-1']);
  });

  test('with several programs marked in the terminal UI', async () => {
    await up();
    await using shell = await openShell({ columns: 120, rows: 30 });
    shell.type(
      `HEALER_HOME='${home.folder}' ${process.execPath} ${join(import.meta.dirname, '../../dist/cli.js')} tui`,
    );
    await shows(shell, 'reports');
    // Keys that arrive together end nothing.
    shell.press('*');
    await shows(shell, '✓');
    shell.press('x');
    await shows(shell, '4 programs?');
    shell.press('y');
    await expectOrder(ALL);
  });
});

describe('the dependents of a program that is restarted or stopped', () => {
  const CHOSEN = {
    ...CHAIN,
    api: { dependsOn: [{ id: 'db', restart: true }] },
    web: { dependsOn: [{ id: 'api', restart: true }] },
  };

  test('are restarted with it where that is configured, and are named otherwise', async () => {
    await up(CHOSEN);
    const before = await home.rows();
    const printed = await home.ok('restart', 'db');
    expect(printed).toContain('restarted with "db": api, web\n');
    expect(printed).toContain('reports depends on "db" and keeps running\n');
    expect(await ends(3)).toEqual(['web', 'api', 'db']);
    for (const id of ALL) await home.state(id, 'running');
    const after = await home.rows();
    expect(after.get('reports')?.pid).toBe(before.get('reports')?.pid);
    expect(after.get('api')?.pid).not.toBe(before.get('api')?.pid);
    expect(after.get('api')?.why).toContain('restarted with its dependency db');
    await waitFor(() => {
      const starts = [...home.read('record').matchAll(/^start (.*)$/gm)].map(([, id]) => id);
      return starts.join(' ') === 'db api web';
    }, 'all to start, dependencies first');
    await home.down();
  });

  test('are restarted when the definition of their dependency changes', async () => {
    await up(CHOSEN);
    define({ ...CHOSEN, db: { nice: 1 } });
    expect(await ends(3)).toEqual(['web', 'api', 'db']);
    for (const id of ALL) await home.state(id, 'running');
    await home.down();
  });

  test('keep running when it is stopped, and are named', async () => {
    await up(CHOSEN);
    expect(await home.ok('stop', 'db')).toContain('api, web, reports depend on "db" and keep running\n');
    expect(await home.ask((api) => api.restart({ id: 'web' }))).not.toHaveProperty('dependents');
    await home.down();
  });
});
