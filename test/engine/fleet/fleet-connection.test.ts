import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FleetConnection } from '../../../src/engine/fleet/fleet-connection.ts';
import { at } from '../../support/programs.ts';

describe('the time without a connection to the fleet', () => {
  let folder: string;
  let fleetFile: string;
  let nowMs = 0;
  const clock = { now: () => at(nowMs) };

  beforeEach(() => {
    nowMs = 0;
    folder = mkdtempSync(join(tmpdir(), 'healer-fleet-connection-'));
    fleetFile = join(folder, 'fleet', 'host.json');
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function joinFleet(): void {
    mkdirSync(dirname(fleetFile), { recursive: true });
    writeFileSync(fleetFile, '{}');
  }

  function engine(): FleetConnection {
    return new FleetConnection({ fleetFile }, clock);
  }

  test('does not exist on a host that belongs to no fleet, which gets no file', () => {
    const connection = engine();
    nowMs = 60_000;
    connection.lost();
    expect(connection.lostForMs()).toBeNull();
    expect(existsSync(dirname(fleetFile))).toBe(false);
  });

  test('counts from the start of the engine until there is a connection', () => {
    joinFleet();
    const connection = engine();
    nowMs = 2_000;
    expect(connection.lostForMs()).toBe(2_000);
    connection.connected();
    expect(connection.lostForMs()).toBeNull();
  });

  test('counts from the loss, however often that is reported', () => {
    joinFleet();
    const connection = engine();
    connection.connected();
    nowMs = 10_000;
    connection.lost();
    nowMs = 15_000;
    connection.lost();
    expect(connection.lostForMs()).toBe(5_000);
  });

  test('counts on under the next engine, and from its start if the connection was there', () => {
    joinFleet();
    const first = engine();
    first.connected();
    nowMs = 10_000;
    first.lost();
    nowMs = 70_000;
    const second = engine();
    expect(second.lostForMs()).toBe(60_000);
    second.connected();
    nowMs = 80_000;
    const third = engine();
    nowMs = 81_000;
    expect(third.lostForMs()).toBe(1_000);
  });

  test('counts from now if the clock of the machine was set back, or the file is damaged', () => {
    joinFleet();
    nowMs = 100_000;
    engine();
    nowMs = 40_000;
    expect(engine().lostForMs()).toBe(0);
    writeFileSync(join(dirname(fleetFile), 'lost-since'), 'yesterday');
    expect(engine().lostForMs()).toBe(0);
  });

  test('ends when the host leaves the fleet, and begins when it joins one', () => {
    joinFleet();
    const connection = engine();
    rmSync(fleetFile);
    connection.lost();
    nowMs = 60_000;
    expect(connection.lostForMs()).toBeNull();
    joinFleet();
    connection.lost();
    nowMs = 61_000;
    expect(connection.lostForMs()).toBe(1_000);
  });
});
