import { expect, test } from 'vitest';
import { writeFacts, writeHostEntry } from '../../../src/fleet/contract/facts.ts';
import { writeRow } from '../../../src/fleet/contract/row.ts';
import { HostTable } from '../../../src/fleet/operator/host-table.ts';
import { fleetFacts, fleetRow } from '../../support/fleet-rows.ts';

const SENDER = { site: 'eu', host: 'web-01' };

function bytes(seq: number, host = 'web-01'): Uint8Array {
  return new TextEncoder().encode(writeRow(fleetRow({ seq, host })));
}

function presences(table: HostTable, now: number): string[] {
  return table.takeChanges(now).hosts.map(({ presence }) => presence);
}

test('a host that falls silent is reported once as late and once as lost', () => {
  const table = new HostTable();
  table.noteRow(SENDER, bytes(1), 0);
  const seen = Array.from({ length: 60 }, (_, second) => {
    table.advance(second * 1000);
    return presences(table, second * 1000);
  });
  expect(seen.flat()).toEqual(['live', 'late', 'lost']);
  expect(seen[15]).toEqual(['late']);
  expect(seen[45]).toEqual(['lost']);
});

test('the age of a kept row counts from when the bus received it', () => {
  const table = new HostTable();
  table.noteKeptRow(SENDER, bytes(1), 50_000, 1000);
  expect(table.hosts(1000)).toMatchObject([{ presence: 'lost', ageMs: 50_000 }]);
});

test('a row that is read again does not make its host younger', () => {
  const table = new HostTable();
  table.noteRow(SENDER, bytes(1), 0);
  table.forgive(40_000);
  expect(table.hosts(40_000)).toMatchObject([{ presence: 'live', ageMs: 0 }]);
  table.noteKeptRow(SENDER, bytes(1), 30_000, 40_000);
  expect(table.hosts(40_000)).toMatchObject([{ presence: 'late', ageMs: 30_000 }]);
});

test('a host that the bus does not know any more is removed unless it is there', () => {
  const table = new HostTable();
  table.noteRow(SENDER, bytes(1), 0);
  table.noteKeptRow({ site: 'eu', host: 'web-02' }, bytes(1, 'web-02'), 90_000, 0);
  table.takeChanges(0);
  table.beginReading();
  table.endReading(1000);
  expect(table.takeChanges(1000).removed).toEqual(['eu.web-02']);
  table.beginReading();
  table.endReading(60_000);
  expect(table.takeChanges(60_000)).toMatchObject({ hosts: [], removed: ['eu.web-01'] });
});

const factsWith = (role: string): Uint8Array => new TextEncoder().encode(writeFacts(fleetFacts({ labels: { role } })));

function entryWith(rack: string): Uint8Array {
  const entry = { ...SENDER, invitedAt: 1, invitedBy: 'ann', fencedAt: null };
  return new TextEncoder().encode(writeHostEntry({ ...entry, labels: { rack } }));
}

test('what the bus had kept does not replace what arrived since the reading began', () => {
  const table = new HostTable();
  table.beginReading();
  table.noteFacts(SENDER, factsWith('new'));
  table.noteInvited(SENDER, entryWith('new'));
  table.noteKeptFacts(SENDER, factsWith('old'));
  table.noteKeptInvited(SENDER, entryWith('old'));
  table.noteKeptInvited(SENDER, null);
  table.endReading(0);
  expect(table.hosts(0)).toMatchObject([{ labels: { role: 'new', rack: 'new' } }]);
  // After a time at which messages may have been missed, only the bus knows.
  table.beginReading();
  table.noteKeptFacts(SENDER, factsWith('newest'));
  table.noteKeptInvited(SENDER, entryWith('newest'));
  expect(table.hosts(0)).toMatchObject([{ labels: { role: 'newest', rack: 'newest' } }]);
});

test('a host that operators remove during a reading does not come back with what the bus had kept', () => {
  const table = new HostTable();
  table.beginReading();
  table.noteInvited(SENDER, null);
  table.noteKeptInvited(SENDER, entryWith('old'));
  table.noteKeptFacts(SENDER, factsWith('old'));
  table.noteKeptRow(SENDER, bytes(1), 0, 0);
  expect(table.hosts(0)).toEqual([]);
  table.noteInvited(SENDER, entryWith('again'));
  expect(table.hosts(0)).toMatchObject([{ labels: { rack: 'again' } }]);
});

test('facts are read when they are looked at, and wrong ones change nothing', () => {
  const table = new HostTable();
  table.noteKeptFacts(SENDER, factsWith('web'));
  expect(table.hosts(0)).toMatchObject([
    { labels: { role: 'web' }, facts: { labels: { role: 'web' } }, problem: null },
  ]);
  table.noteKeptFacts(SENDER, new TextEncoder().encode('{"host":"web-02"}'));
  const [before] = table.hosts(0);
  expect(table.readFacts(Infinity)).toBe(true);
  expect(before).toMatchObject({ labels: { role: 'web' }, problem: null });
  expect(table.hosts(0)).toMatchObject([
    { labels: { role: 'web' }, problem: 'the message of facts has an invalid field "host"' },
  ]);
});

test('facts are read in pieces', () => {
  const table = new HostTable();
  for (let index = 0; index < 50; index++) {
    table.noteKeptFacts({ site: 'eu', host: `db-${String(index)}` }, new TextEncoder().encode('owned'));
  }
  table.takeChanges(0);
  let pieces = 1;
  while (!table.readFacts(0)) pieces += 1;
  expect(pieces).toBe(50);
  expect(table.takeChanges(0).hosts.filter(({ problem }) => problem !== null)).toHaveLength(50);
});
