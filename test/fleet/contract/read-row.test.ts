import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { writeFacts, writeHostEntry } from '../../../src/fleet/contract/facts.ts';
import { readFacts, readHostEntry } from '../../../src/fleet/contract/read-facts.ts';
import { readNextRow, readRow } from '../../../src/fleet/contract/read-row.ts';
import { writeRow, type FleetRow } from '../../../src/fleet/contract/row.ts';
import { fleetFacts, fleetRow } from '../../support/fleet-rows.ts';

const SENDER = { site: 'eu', host: 'web-01' };

function bytesOf(value: unknown): Uint8Array {
  return new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
}

function wire(row: Partial<FleetRow> = {}): Record<string, unknown> {
  return JSON.parse(writeRow(fleetRow(row))) as Record<string, unknown>;
}

/** Reads a row in which some fields are replaced. */
function readWith(fields: Record<string, unknown>) {
  return readRow(SENDER, bytesOf({ ...wire(), ...fields }));
}

describe('a row', () => {
  test('is read as it was written', () => {
    const row = fleetRow({
      engine: 'away',
      counts: { running: 97, cooldown: 1, failed: 2 },
      programs: 100,
      unhealthy: 1,
      worst: [
        { id: 'api', state: 'running', unhealthy: true, until: null, why: 'health check failed: HTTP 500' },
        { id: 'cron', state: 'cooldown', unhealthy: false, until: 1_764_430_072_000, why: null },
      ],
      degraded: 1,
      skewMs: -2500,
      collision: true,
      revision: '42',
      bye: true,
    });
    expect(readRow(SENDER, bytesOf(writeRow(row)))).toEqual({ value: row });
  });

  test('is read with defaults for everything that may be unknown', () => {
    const row = fleetRow({
      counts: {},
      programs: 0,
      cpuPercent: null,
      memoryPercent: null,
      load: null,
      lastEventSeq: null,
      engineCpuPercent: null,
      engineMemoryMb: null,
    });
    expect(readRow(SENDER, bytesOf(writeRow(row)))).toEqual({ value: row });
  });

  test('of a quiet host has at most 230 bytes', () => {
    const row = fleetRow({
      host: 'web-0931',
      seq: 123_456,
      counts: { running: 100 },
      programs: 100,
      lastEventSeq: 1e6,
    });
    expect(writeRow(row).length).toBeLessThanOrEqual(230);
  });

  test('that names another host is refused', () => {
    expect(readRow(SENDER, bytesOf(writeRow(fleetRow({ host: 'db-01' }))))).toEqual({
      problem: 'the row has an invalid field "host"',
    });
  });

  test('of 10 MB is refused without being parsed', () => {
    const reading = readRow(SENDER, new Uint8Array(10 * 2 ** 20));
    expect(reading).toEqual({ problem: 'the row has 10485760 bytes; at most 4096 are read' });
  });

  test('with escape sequences in a reason is read without them', () => {
    const worst = [{ id: 'api', state: 'failed', why: '\u001b[2J\u001b]0;owned\u0007\u202eexited\r\nwith 1' }];
    expect(readWith({ worst })).toMatchObject({ value: { worst: [{ why: 'exited with 1' }] } });
  });

  test('with a long reason is read with a part of it', () => {
    const worst = [{ id: 'api', state: 'failed', why: '\t'.repeat(1000) + 'x' }];
    expect(readWith({ worst })).toMatchObject({ value: { worst: [{ why: expect.stringMatching(/^.{1,120}$/) }] } });
  });

  test('of a later version may have other fields and states', () => {
    expect(readWith({ later: { deep: [1] }, counts: { running: 2, hibernating: 3 } })).toMatchObject({
      value: { counts: { running: 2 }, programs: 5 },
    });
    const worst = [
      { id: 'api', state: 'hibernating', since: 5 },
      { id: 'web', state: 'failed', depth: { a: 1 } },
    ];
    expect(readWith({ proto: 99, ver: '9.0.0-rc.1', worst })).toMatchObject({
      value: { protocol: 99, version: '9.0.0-rc.1', worst: [{ id: 'web', state: 'failed' }] },
    });
  });

  test.each<[string, Record<string, unknown>]>([
    ['epoch', { epoch: '\u001b[31m' }],
    ['epoch', { epoch: undefined }],
    ['seq', { seq: -1 }],
    ['seq', { seq: 1.5 }],
    ['at', { at: 1e300 }],
    ['at', { at: 'now' }],
    ['counts', { counts: { running: -3 } }],
    ['counts', { counts: { running: 1e12 } }],
    ['counts', { counts: Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`s${at}`, 1])) }],
    ['counts', { counts: [] }],
    ['worst', { worst: 'all' }],
    ['worst', { worst: Array.from({ length: 4 }, () => ({ id: 'a', state: 'failed' })) }],
    ['worst', { worst: [null] }],
    ['id', { worst: [{ id: '\u001b]0;x\u0007', state: 'failed' }] }],
    ['state', { worst: [{ id: 'api', state: 'OWNED \u001b[0m' }] }],
    ['state', { worst: [{ id: 'api', state: 'x'.repeat(33) }] }],
    ['why', { worst: [{ id: 'api', state: 'failed', why: { toString: 1 } }] }],
    ['cpu', { cpu: 101 }],
    ['mem', { mem: '40' }],
    ['ver', { ver: '0.3.1\u001b[0m' }],
    ['ver', { ver: 'v'.repeat(33) }],
    ['own', { own: [1, 2, 3] }],
    ['own', { own: ['a', 'b'] }],
    ['bye', { bye: 1 }],
    ['rev', { rev: '../../etc' }],
  ])('with an invalid field %s is refused: %j', (field, fields) => {
    expect(readWith(fields)).toEqual({ problem: `the row has an invalid field "${field}"` });
  });

  test.each(['', '{', '[]', 'null', '"x"', '\u0000\u0001'])('that is not an object is refused: %j', (text) => {
    expect(readRow(SENDER, bytesOf(text))).toEqual({ problem: 'the row is not a JSON object' });
  });

  test('cannot reach the prototype of objects', () => {
    const text = writeRow(fleetRow()).replace('"counts":{', '"__proto__":{"polluted":true},"counts":{"__proto__":1,');
    const reading = readRow(SENDER, bytesOf(text));
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(reading).toMatchObject({ value: { counts: { running: 3 }, programs: 4 } });
  });

  test('never makes the reader throw, whatever it contains', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...Object.keys(wire())), (value, field) => {
        const reading = readWith({ [field]: value });
        expect('problem' in reading || 'value' in reading).toBe(true);
      }),
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void readRow(SENDER, bytes)));
  });

  test('never yields a text that a terminal would interpret', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (why) => {
        const reading = readWith({ worst: [{ id: 'api', state: 'failed', why }] });
        // eslint-disable-next-line no-control-regex -- control characters are the subject
        expect(JSON.stringify(reading)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]|\\u00[01]/);
      }),
    );
  });
});

describe('facts', () => {
  test('are read as they were written', () => {
    const facts = fleetFacts({ labels: { role: 'web', rack: 'r1' }, revision: '41' });
    expect(readFacts(SENDER, bytesOf(writeFacts(facts)))).toEqual({ value: facts });
  });

  test('that name another host, or claim labels that no selector could name, are refused', () => {
    const problem = (facts: object) => readFacts(SENDER, bytesOf({ ...fleetFacts(), ...facts }));
    expect(problem({ host: 'db-01' })).toEqual({ problem: 'the message of facts has an invalid field "host"' });
    for (const labels of [{ 'a b': 'c' }, { role: '\u001b[0m' }, { role: 3 }, { role: 'a b' }]) {
      expect(problem({ labels })).toEqual({ problem: 'the message of facts has an invalid field "labels"' });
    }
  });

  test('are made safe to print', () => {
    const facts = { ...fleetFacts(), os: '\u001b]8;;http://evil\u0007Debian', kernel: 'x'.repeat(5000) };
    expect(readFacts(SENDER, bytesOf(facts))).toMatchObject({
      value: { os: 'Debian', kernel: expect.stringMatching(/^x{99}…$/) },
    });
  });

  test('of a host that permits more than it says grant no more than reading', () => {
    expect(readFacts(SENDER, bytesOf({ ...fleetFacts(), allow: undefined }))).toMatchObject({
      value: { allow: 'read' },
    });
  });
});

test('the entry of a host is read as it was written', () => {
  const entry = { ...SENDER, labels: { role: 'web' }, invitedAt: 1000, invitedBy: 'ann', fencedAt: null };
  expect(readHostEntry(SENDER, bytesOf(writeHostEntry(entry)))).toEqual({ value: entry });
});

describe('the next row of a host', () => {
  const first = readNextRow(SENDER, bytesOf(writeRow(fleetRow({ seq: 7 }))), null);
  const last = 'value' in first ? first.value : null;

  function rowAfter(text: string) {
    const reading = readNextRow(SENDER, bytesOf(text), last);
    return 'value' in reading ? reading.value : reading.problem;
  }

  test('has the same content if only its number and time differ', () => {
    const row = fleetRow({ seq: 8, at: 1_764_430_005_000 });
    expect(rowAfter(writeRow(row))).toEqual({ row, content: last?.content });
  });

  test('has other content if anything else differs', () => {
    const row = fleetRow({ seq: 8, cpuPercent: 13 });
    const next = rowAfter(writeRow(row));
    expect(next).toMatchObject({ row });
    expect(next).not.toMatchObject({ content: last?.content });
  });

  test('is read like any other if its number or time is out of range', () => {
    const text = writeRow(fleetRow({ seq: 8 }));
    expect(rowAfter(text.replace('"seq":8', '"seq":8888888888888888888'))).toBe('the row has an invalid field "seq"');
    expect(rowAfter(text.replace(/"at":\d+/, '"at":999999999999999'))).toBe('the row has an invalid field "at"');
  });

  test('is the same as one that is read alone, whatever the host sends', () => {
    const number = fc.oneof(fc.nat(), fc.maxSafeNat());
    const rows = fc.record({ seq: number, at: number, cpuPercent: fc.constantFrom(12.5, 13), revision: fc.string() });
    fc.assert(
      fc.property(rows, fc.boolean(), (over, isCut) => {
        const text = writeRow(fleetRow(over));
        const bytes = bytesOf(isCut ? text.slice(0, -1) : text);
        const alone = readRow(SENDER, bytes);
        const next = readNextRow(SENDER, bytes, last);
        expect('value' in next ? { value: next.value.row } : next).toEqual(alone);
      }),
    );
  });
});
