import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { resolvePaths } from '../../../src/config/instance/paths.ts';
import { manage } from '../../../src/engine/core/managed-program.ts';
import { recordStart } from '../../../src/engine/records/record-start.ts';
import { Records } from '../../../src/engine/records/records.ts';
import { createStores, loadStores, type Stores } from '../../../src/engine/store/stores.ts';
import { HEALING_ON } from '../../../src/policy/healing.ts';
import type { EngineEvent } from '../../../src/protocol/engine-event.ts';
import { program, RUN, spec, START } from '../../support/programs.ts';

const folder = mkdtempSync(`${tmpdir()}/healer-records-`);
const paths = resolvePaths({ HEALER_HOME: folder });
let stores: Stores;
let records: Records;
let published: (readonly EngineEvent[])[];

beforeEach(() => {
  vi.useFakeTimers();
  open();
});
afterEach(() => {
  records.close();
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

/** Opens the files as the next engine does. */
function open(): void {
  stores = createStores(paths, 'this boot');
  loadStores(stores, START.wall);
  records = new Records(stores, () => START.wall);
  published = [];
  records.onEvents.add((events) => published.push(events));
}

function reasons(): string[] {
  return published.flat().map(({ reason }) => reason);
}

describe('events', () => {
  const draft = { kind: 'started', process: 'web', pid: 7, reason: 'started', data: {} } as const;

  test('are published once per commit, in order', () => {
    records.record(draft);
    records.record({ ...draft, kind: 'running', reason: 'running' });
    expect(published).toEqual([]);
    records.commit();
    records.commit();
    expect(published.map((events) => events.map(({ kind, seq }) => [kind, seq]))).toEqual([
      [
        ['started', 1],
        ['running', 2],
      ],
    ]);
    expect(readFileSync(paths.healingLog, 'utf8').trim().split('\n')).toHaveLength(2);
  });

  test('about the engine have no process and no pid', () => {
    records.announce('serving', 'the remote API listens', { port: 1 });
    expect(published).toMatchObject([
      [{ kind: 'serving', process: null, pid: null, reason: 'the remote API listens', data: { port: 1 } }],
    ]);
  });

  test('are still published if their log cannot be written', () => {
    mkdirSync(paths.healingLog, { recursive: true });
    records.record(draft);
    records.commit();
    expect(published[0]?.[0]).toMatchObject({ kind: 'started' });
  });
});

describe('the state of a program', () => {
  const entry = manage(program({ name: 'running', run: RUN }), 'process_list.txt:1', HEALING_ON);

  test.each<[string, () => void, found: boolean]>([
    ['is on disk after a flush', () => records.flush(), true],
    ['is on disk after a commit', () => records.commit(), true],
    ['is not on disk before that', () => undefined, false],
    [
      'is removed with the program',
      () => {
        records.commit();
        records.forget(entry);
        records.commit();
      },
      false,
    ],
  ])('%s', (_, write, found) => {
    stores.state.putSpec('web', spec());
    records.change(entry);
    write();
    const { stored } = loadStores(createStores(paths, 'this boot'), START.wall);
    expect(stored.programs.get('web')?.program?.state.name).toBe(found ? 'running' : undefined);
  });

  test('is written again by the next commit if the files were removed before a flush', () => {
    stores.state.putSpec('web', spec());
    records.announce('serving', 'first');
    rmSync(paths.healingLog);
    rmSync(paths.stateFile);
    records.recordEngineEvent('serving', 'second');
    records.change(entry);
    records.flush();
    expect(existsSync(paths.healingLog)).toBe(false);
    records.commit();
    expect(readFileSync(paths.healingLog, 'utf8')).toMatch(/"first"[^]*"second"/);
    const { stored } = loadStores(createStores(paths, 'this boot'), START.wall);
    expect(stored.programs.get('web')?.program?.state.name).toBe('running');
  });

  test('is flushed without publishing events', () => {
    records.recordEngineEvent('serving', 'later');
    records.flush();
    expect(published).toEqual([]);
  });
});

describe('a disk that refuses to write', () => {
  function refuse(): void {
    mkdirSync(paths.healingLog, { recursive: true });
  }

  test('is reported once, retried every second, and reported once when it works again', () => {
    refuse();
    records.announce('serving', 'first');
    records.announce('serving', 'second');
    expect(records.problem).toContain('healing.log');
    vi.advanceTimersByTime(5_000);
    expect(reasons().filter((reason) => reason.startsWith('cannot write state and events: '))).toHaveLength(1);

    rmdirSync(paths.healingLog);
    vi.advanceTimersByTime(1_000);
    expect(records.problem).toBeNull();
    expect(reasons().at(-1)).toBe('state and events are being written again');
    expect(published.at(-1)?.[0]?.data).toEqual({ linesLost: 0 });
    const lines = readFileSync(paths.healingLog, 'utf8').trim().split('\n');
    expect(lines.map((line) => Number(line.split(' ')[1]))).toEqual([1, 2, 3, 4]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('leaves no timer after it was closed', () => {
    refuse();
    records.announce('serving', 'first');
    expect(vi.getTimerCount()).toBe(1);
    records.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the start of an engine', () => {
  test.each<[string, previous: EngineEvent['kind'][], interrupted: boolean]>([
    ['is the first one', [], false],
    ['follows a shutdown', ['engine-started', 'engine-stopping'], false],
    ['follows a crash', ['engine-started'], true],
    ['follows a crash during the second run', ['engine-started', 'engine-stopping', 'engine-started'], true],
  ])('that %s is recorded as such', (_, previous, interrupted) => {
    for (const kind of previous) records.announce(kind, 'before');
    records.close();
    open();
    recordStart(stores.events, records);
    records.commit();
    const [event] = published.flat();
    expect(event).toMatchObject({ kind: 'engine-started', data: interrupted ? { interrupted } : {} });
    expect(event?.reason.endsWith('; the previous engine ended without shutting down')).toBe(interrupted);
  });
});
