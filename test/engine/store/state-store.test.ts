import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fromRecord, toRecord } from '../../../src/engine/store/program-record.ts';
import { StateStore } from '../../../src/engine/store/state-store.ts';
import { at, EACH_STATE, exit, program, RUN, spec, START } from '../../support/programs.ts';

const NOW = START.wall;

describe('the state file', () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'healer-state-'));
    path = join(folder, 'state.ndjson');
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function open(bootId = 'boot-1'): StateStore {
    return new StateStore(path, bootId);
  }

  /** Three programs in different states, as a running engine leaves them. */
  function writeSome(): string {
    const store = open();
    store.load(NOW);
    for (const id of ['a', 'b', 'c']) store.putSpec(id, spec({ id }));
    store.compact();
    store.putProgram('a', toRecord(program({ name: 'running', run: RUN })));
    store.putProgram('b', toRecord(program({ name: 'cooldown', until: at(9000) })));
    store.commit();
    store.putProgram('a', toRecord(program({ name: 'stopped' })));
    store.remove('c');
    store.commit();
    store.close();
    return readFileSync(path, 'utf8');
  }

  function asides(): string[] {
    return readdirSync(folder).filter((name) => name.includes('.corrupt-'));
  }

  test('keeps what identifies the sources, whether it is compacted or not', () => {
    for (const compacts of [false, true]) {
      const store = open();
      store.load(NOW);
      store.putDigest(`text ${String(compacts)}`);
      if (compacts) store.compact();
      else store.commit();
      store.putSeq(5);
      store.commit();
      store.close();
      expect(open().load(NOW).digest).toBe(`text ${String(compacts)}`);
    }
  });

  test('keeps the runs that left processes running until the next boot, whether it is compacted or not', () => {
    for (const compacts of [false, true]) {
      const store = open();
      store.load(NOW);
      store.putReleased(new Map([['app', 3]]));
      store.putSeq(7);
      store.commit();
      if (compacts) store.compact();
      store.close();
      expect(open().load(NOW).released).toEqual(new Map([['app', 3]]));
      expect(open('boot-2').load(NOW).released).toEqual(new Map());
      rmSync(path);
    }
  });

  test('restores the newest record of each program', () => {
    writeSome();
    const { bootId, programs, problems } = open().load(NOW);
    expect(bootId).toBe('boot-1');
    expect(problems).toEqual([]);
    expect([...programs.keys()]).toEqual(['a', 'b']);
    expect(programs.get('a')?.program?.state).toEqual({ name: 'stopped' });
    expect(programs.get('b')?.program?.state).toEqual({ name: 'cooldown', until: at(9000).wall });
    expect(programs.get('b')?.spec).toEqual(spec({ id: 'b' }));
  });

  test('keeps the number of the last event, through compaction too', () => {
    const store = open();
    store.load(NOW);
    store.putSeq(41);
    store.commit();
    expect(open().load(NOW).lastSeq).toBe(41);
    store.putSeq(42);
    store.compact();
    expect(open().load(NOW).lastSeq).toBe(42);
  });

  test.each([
    ['removed', () => rmSync(path)],
    [
      'replaced',
      () => {
        writeFileSync(`${path}.new`, 'x\n');
        renameSync(`${path}.new`, path);
      },
    ],
    ['emptied', () => truncateSync(path, 0)],
  ])('is written again as a whole after it was %s under the engine', (_, harm) => {
    const store = open();
    store.load(NOW);
    for (const id of ['a', 'b']) store.putSpec(id, spec({ id }));
    store.commit();
    harm();
    store.putProgram('a', toRecord(program({ name: 'running', run: RUN })));
    expect(store.commit()).toMatchObject({ written: true });
    const { programs, problems } = open().load(NOW);
    expect(problems).toEqual([]);
    expect([...programs.keys()]).toEqual(['a', 'b']);
    expect(programs.get('a')?.program?.state.name).toBe('running');
  });

  test('reports a compacted file that was truncated at the end of a line', () => {
    const store = open();
    store.load(NOW);
    for (const id of ['a', 'b']) store.putSpec(id, spec({ id }));
    store.compact();
    const lines = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, `${lines.slice(0, 2).join('\n')}\n`);
    expect(open().load(NOW).problems).toEqual(['the state file is truncated']);
  });

  test('states for each record which events it reflects', () => {
    const store = open();
    store.load(NOW);
    for (const id of ['a', 'b']) store.putSpec(id, spec({ id }));
    store.putProgram('a', toRecord(program({ name: 'running', run: RUN })));
    store.putSeq(7);
    store.commit();
    store.putProgram('b', toRecord(program({ name: 'stopped' })));
    store.putSeq(9);
    store.commit();
    const seqs = (): unknown => [...open().load(NOW).programs].map(([id, { seq }]) => [id, seq]);
    expect(seqs()).toEqual([
      ['a', 7],
      ['b', 9],
    ]);
    store.compact();
    expect(seqs()).toEqual([
      ['a', 9],
      ['b', 9],
    ]);
  });

  test('may be missing', () => {
    expect(open().load(NOW)).toMatchObject({ bootId: null, problems: [], programs: new Map() });
  });

  test('restores every state', () => {
    const states = [
      ...EACH_STATE,
      {
        name: 'stopping',
        run: RUN,
        goal: { kind: 'heal', fault: 'x', cause: 'health' },
        stage: 'forced',
        exit: exit(),
      } as const,
      { name: 'stopping', run: RUN, goal: { kind: 'fail', fault: 'x' }, stage: 'graceful', exit: null } as const,
      {
        name: 'stopping',
        run: RUN,
        goal: { kind: 'await-fleet', afterMs: 5_000 },
        stage: 'graceful',
        exit: null,
      } as const,
      {
        name: 'stopping',
        run: RUN,
        goal: { kind: 'restart', cause: 'config' },
        stage: 'graceful',
        exit: null,
      } as const,
    ];
    for (const state of states) {
      const store = open();
      store.load(NOW);
      store.putSpec('web', spec());
      store.putProgram('web', toRecord(program(state)));
      store.commit();
      store.close();
      const { programs, problems } = open().load(NOW);
      expect(problems).toEqual([]);
      const record = programs.get('web')?.program;
      const back = fromRecord(record!, spec(), START).state;
      const expected = 'run' in state ? { ...state, run: { ...RUN, adopted: true } } : state;
      expect(back).toEqual(expected);
    }
  });

  test('loads all complete lines if truncated at any byte', () => {
    const whole = Buffer.from(writeSome());
    // Every position within two lines, and a sample of the others.
    const places = [...whole.keys(), whole.length].filter((place) => place > whole.length - 800 || place % 23 === 0);
    for (const cut of places) {
      writeFileSync(path, whole.subarray(0, cut));
      const { bootId, programs } = open().load(NOW);
      const lines = whole.subarray(0, cut).toString('utf8').split('\n').slice(0, -1);
      expect({ bootId, ids: [...programs.keys()] }).toEqual(expectedOf(lines));
      expect(asides()).toEqual([]);
    }
  });

  test('does not lose later lines if truncated at any byte', () => {
    const whole = Buffer.from(writeSome());
    for (let cut = whole.length - 200; cut <= whole.length; cut++) {
      writeFileSync(path, whole.subarray(0, cut));
      const next = open();
      next.load(NOW);
      next.putSpec('d', spec({ id: 'd' }));
      next.putProgram('d', toRecord(program({ name: 'running', run: RUN })));
      next.commit();
      next.close();
      const { programs, problems } = open().load(NOW);
      expect({ cut, problems, d: programs.get('d')?.program?.state.name }).toEqual({ cut, problems: [], d: 'running' });
    }
  });

  test('contains its boot from the first line on, since an engine may be killed before it compacts the file', () => {
    const first = open('boot-1');
    first.load(NOW);
    first.putSpec('web', spec());
    first.putProgram('web', toRecord(program({ name: 'running', run: RUN })));
    first.commit();
    expect(open('boot-1').load(NOW).bootId).toBe('boot-1');
  });

  test('contains the new boot from the first line written in it on', () => {
    writeSome();
    const next = open('boot-2');
    expect(next.load(NOW).bootId).toBe('boot-1');
    next.putProgram('a', toRecord(program({ name: 'running', run: RUN })));
    next.commit();
    expect(open('boot-2').load(NOW).bootId).toBe('boot-2');
  });

  test.each([
    ['text', 'garbage'],
    ['bytes', Buffer.from([0, 255, 254, 13, 7]).toString('latin1')],
    ['JSON of another kind', '{"hello":1}'],
    ['a record that does not fit', '{"id":"a","program":{"state":{"name":"sleeping"}}}'],
    ['an empty line', ''],
  ])('keeps a copy if a line contains %s, and loads the other lines', (_what, garbage) => {
    const lines = writeSome().split('\n');
    lines.splice(2, 0, garbage);
    writeFileSync(path, lines.join('\n'));
    const { programs, problems } = open().load(NOW);
    expect([...programs.keys()]).toEqual(['a', 'b']);
    expect(problems.join()).toContain('line 3');
    expect(asides()).toHaveLength(1);
    expect(readFileSync(join(folder, String(asides()[0])), 'utf8')).toBe(lines.join('\n'));
  });

  test('has the same contents in fewer lines after compaction', () => {
    writeSome();
    const store = open('boot-2');
    const before = store.load(NOW);
    store.compact();
    store.close();
    const after = open().load(NOW);
    expect(after.programs).toEqual(before.programs);
    expect(after.bootId).toBe('boot-2');
    expect(readFileSync(path, 'utf8').trim().split('\n')).toHaveLength(5);
  });

  test('does not grow without limit if a program restarts all day', () => {
    const store = open();
    store.load(NOW);
    store.putSpec('web', spec());
    const record = toRecord(program({ name: 'running', run: RUN }, { why: 'x'.repeat(10_000) }));
    let largest = 0;
    for (let change = 0; change < 3000; change++) {
      store.putProgram('web', record);
      store.commit();
      largest = Math.max(largest, statSync(path).size);
    }
    store.close();
    expect(largest).toBeGreaterThan(4 * 2 ** 20);
    expect(largest).toBeLessThan(6 * 2 ** 20);
    expect(open().load(NOW)).toMatchObject({ bootId: 'boot-1', problems: [] });
  });

  test('is readable by its owner only', () => {
    writeSome();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    appendFileSync(path, '');
    const store = open();
    store.load(NOW);
    store.compact();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    store.close();
  });
});

/** Parses the complete lines of a file in the simplest way. */
function expectedOf(lines: readonly string[]): { bootId: string | null; ids: string[] } {
  const ids = new Set<string>();
  let bootId: string | null = null;
  for (const line of lines) {
    const entry = JSON.parse(line) as { bootId?: string; id?: string; removed?: true };
    if (entry.bootId !== undefined) bootId = entry.bootId;
    else if (entry.removed === true) ids.delete(String(entry.id));
    else ids.add(String(entry.id));
  }
  return { bootId, ids: [...ids] };
}
