import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type EventDraft, EventLog, formatEvent, parseEvent } from '../../../src/engine/store/event-log.ts';
import type { EngineEvent } from '../../../src/protocol/engine-event.ts';
import { EVENT_KINDS, type EventKind } from '../../../src/protocol/event-kinds.ts';
import { START } from '../../support/programs.ts';

const ANY_TEXT = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('a\nb', '"\\"', '\u2028', '\u2029\r', '} {'));
const ANY_EVENT: fc.Arbitrary<EngineEvent> = fc.record({
  seq: fc.nat(),
  time: fc
    .date({ min: new Date(0), max: new Date('9999-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  kind: fc.constantFrom(...(Object.keys(EVENT_KINDS) as EventKind[])),
  process: fc.option(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/)),
  pid: fc.option(fc.integer({ min: 1, max: 2 ** 22 })),
  reason: ANY_TEXT,
  data: fc.dictionary(ANY_TEXT, fc.oneof(ANY_TEXT, fc.integer(), fc.constant(null), fc.array(ANY_TEXT))),
});

describe('a line of healing.log', () => {
  test('contains a whole event and can be parsed', () => {
    fc.assert(
      fc.property(ANY_EVENT, (event) => {
        const line = formatEvent(event);
        expect(line).not.toContain('\n');
        // Converted to JSON and back, like the contents of a file.
        expect(parseEvent(line)).toEqual(JSON.parse(JSON.stringify(event)));
      }),
      { numRuns: 2000 },
    );
  });

  test('is ignored if truncated anywhere, and never misread', () => {
    const line = formatEvent({ ...draft('crashed'), seq: 12, time: new Date(START.wall).toISOString() });
    for (let cut = 0; cut < line.length; cut++) expect(parseEvent(line.slice(0, cut))).toBeNull();
  });

  test('of another format or kind is ignored', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (line) => {
        expect(parseEvent(line)).toBeNull();
      }),
    );
    expect(parseEvent('2026-01-01T00:00:00.000Z 1 melted web 1 "why" {}')).toBeNull();
  });
});

describe('healing.log', () => {
  let folder: string;
  let path: string;
  const open: EventLog[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'healer-events-'));
    path = join(folder, 'healing.log');
  });

  afterEach(() => {
    for (const log of open.splice(0)) log.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function openLog(): EventLog {
    const log = new EventLog(path);
    log.load();
    open.push(log);
    return log;
  }

  function write(log: EventLog, count: number, changes: Partial<EventDraft> = {}): void {
    for (let index = 0; index < count; index++) log.add({ ...draft('started'), ...changes }, START.wall + index);
    expect(log.commit().result.problem).toBeNull();
  }

  test('counts from 1 and continues after a restart', () => {
    write(openLog(), 3);
    const next = openLog();
    expect(next.lastSeq).toBe(3);
    write(next, 2);
    expect(
      openLog()
        .after(0)
        .events.map(({ seq }) => seq),
    ).toEqual([1, 2, 3, 4, 5]);
  });

  test('continues after the last number that is known from elsewhere, and reports what cannot be read', () => {
    write(openLog(), 3);
    const log = new EventLog(path);
    open.push(log);
    expect(log.load(3)).toBeNull();
    expect(log.load(5)).toBe(`"${path}" was removed or damaged: events 4 to 5 can no longer be read`);
    write(log, 1);
    expect(log.lastSeq).toBe(6);
    rmSync(path);
    const next = new EventLog(path);
    open.push(next);
    expect(next.load(6)).toBe(`"${path}" was removed or damaged: events 1 to 6 can no longer be read`);
    expect(next.add(draft('started'), START.wall).seq).toBe(7);
  });

  test('reports how many of its lines are unreadable', () => {
    write(openLog(), 3);
    writeFileSync(path, readFileSync(path, 'utf8').replace('started', 'st#rted'));
    const log = new EventLog(path);
    open.push(log);
    expect(log.load()).toBe(`"${path}" has 1 unreadable lines, which are skipped`);
    expect(log.lastSeq).toBe(3);
  });

  test('is written again from memory after it was removed under the engine', () => {
    const log = openLog();
    write(log, 3);
    rmSync(path);
    write(log, 1);
    expect(log.rewrites).toBe(1);
    expect(
      openLog()
        .after(0)
        .events.map(({ seq }) => seq),
    ).toEqual([1, 2, 3, 4]);
  });

  test('writes before it publishes, and publishes what was written once', () => {
    const log = openLog();
    log.add(draft('crashed'), START.wall);
    expect(log.write().problem).toBeNull();
    expect(readFileSync(path, 'utf8')).toContain(' 1 crashed ');
    expect(log.commit().events.map(({ seq }) => seq)).toEqual([1]);
    expect(log.commit().events).toEqual([]);
  });

  test('returns events added since the last commit once', () => {
    const log = openLog();
    write(log, 2);
    log.add(draft('crashed'), START.wall);
    expect(log.commit().events.map(({ kind }) => kind)).toEqual(['crashed']);
    expect(log.commit().events).toEqual([]);
  });

  test('returns events after a sequence number, the newest events, and matching events', () => {
    const log = openLog();
    write(log, 3, { process: 'a' });
    write(log, 2, { process: 'b' });
    expect(log.after(3).events.map(({ seq }) => seq)).toEqual([4, 5]);
    expect(log.after(99)).toEqual({ events: [], missed: 0 });
    expect(log.latest(2, ({ process }) => process === 'a').map(({ seq }) => seq)).toEqual([2, 3]);
  });

  test('keeps a limited number of events in memory and counts the missed ones', () => {
    const log = openLog();
    write(log, 20_000);
    expect(log.held).toBeLessThanOrEqual(6000);
    const { events, missed } = log.after(0);
    expect(missed + events.length).toBe(20_000);
    expect(events[0]?.seq).toBe(missed + 1);
  });

  test('continues on a new line after a line that was interrupted by a kill', () => {
    write(openLog(), 3);
    truncateSync(path, statSync(path).size - 5);
    write(openLog(), 1, { reason: 'after the kill' });
    const events = openLog().after(0).events;
    expect(events.at(-1)?.reason).toBe('after the kill');
    expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  test('is rotated by size, keeps five files and continues counting', () => {
    const log = openLog();
    const reason = 'x'.repeat(1_000_000);
    for (let index = 0; index < 80; index++) write(log, 1, { reason });
    expect(readdirSync(folder).sort()).toEqual(['', '.1', '.2', '.3', '.4', '.5'].map((end) => `healing.log${end}`));
    expect(statSync(path).size).toBeLessThan(12 * 2 ** 20);
    const lastSeq = log.lastSeq;
    expect(lastSeq).toBe(80);
    expect(openLog().lastSeq).toBe(80);
  });

  test('loses no line during rotation', () => {
    const log = openLog();
    const reason = 'x'.repeat(1_000_000);
    for (let index = 0; index < 15; index++) write(log, 1, { reason });
    const seqs = [`${path}.1`, path].flatMap((file) =>
      readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => parseEvent(line)?.seq),
    );
    expect(seqs).toEqual(Array.from({ length: 15 }, (_, index) => index + 1));
  });

  test('continues after the file was removed', () => {
    const log = openLog();
    const reason = 'x'.repeat(1_000_000);
    write(log, 9, { reason });
    rmSync(path);
    for (let index = 0; index < 5; index++) write(log, 1, { reason });
    expect(readFileSync(path, 'utf8').length).toBeGreaterThan(0);
  });
});

function draft(kind: EventKind): EventDraft {
  return { kind, process: 'web', pid: 4711, reason: 'as the test has it', data: { code: 1, name: 'a "quoted" one' } };
}
