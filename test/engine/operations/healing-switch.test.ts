import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HealingSwitch } from '../../../src/engine/operations/healing-switch.ts';
import { HoldFile } from '../../../src/engine/store/hold-file.ts';
import { FakeClock } from '../../support/fake-clock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'healer-holds-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Returns a switch that stores its pauses in a file, with the events and changes that it reported. */
function switchOn(clock: FakeClock, observesAll = false) {
  const file = new HoldFile(join(folder, 'holds.json'));
  const { holds, problem } = file.load(0);
  const events: string[] = [];
  const changed: (string | null)[] = [];
  const healing = new HealingSwitch(
    {
      clock,
      recorder: { record: ({ kind, process, reason }) => void events.push(`${kind} ${process ?? 'all'}: ${reason}`) },
      save: (stored) => {
        file.put(stored);
        expect(file.commit()).toBeNull();
      },
    },
    observesAll,
  );
  healing.onChange.add((id) => changed.push(id));
  healing.recall(holds);
  return { healing, events, changed, problem, file };
}

describe('pausing healing', () => {
  test('of one program does not affect others', () => {
    const { healing, changed, events } = switchOn(new FakeClock());
    healing.hold('web', null);
    expect(healing.modeOf('web')).toEqual({ mode: 'held', until: null });
    expect(healing.modeOf('db').mode).toBe('on');
    expect(changed).toEqual(['web']);
    expect(events).toEqual(['held web: healing paused by the operator until it is resumed']);
  });

  test('for a time ends by itself, with an event', () => {
    const clock = new FakeClock();
    const { healing, events } = switchOn(clock);
    healing.hold('web', 30_000);
    clock.advance(29_999);
    expect(healing.modeOf('web').mode).toBe('held');
    clock.advance(1);
    expect(healing.modeOf('web').mode).toBe('on');
    expect(events).toEqual([
      'held web: healing paused by the operator until 2026-01-01T00:00:30.000Z',
      'released web: healing resumed: the pause has expired',
    ]);
  });

  test('again replaces the remaining time', () => {
    const clock = new FakeClock();
    const { healing } = switchOn(clock);
    healing.hold('web', 1000);
    healing.hold('web', null);
    clock.advance(5000);
    expect(healing.modeOf('web').mode).toBe('held');
  });

  test('of all programs and of one lasts until the later of both times', () => {
    const clock = new FakeClock();
    const { healing } = switchOn(clock);
    healing.hold(null, 1000);
    healing.hold('web', 5000);
    expect(healing.general.mode).toBe('held');
    expect(healing.modeOf('web').until?.wall).toBe(clock.now().wall + 5000);
    clock.advance(1000);
    expect(healing.modeOf('db').mode).toBe('on');
    expect(healing.modeOf('web').mode).toBe('held');
  });

  test('takes precedence over observe mode, which applies again afterwards', () => {
    const { healing } = switchOn(new FakeClock(), true);
    expect(healing.modeOf('web').mode).toBe('observed');
    healing.hold('web', null);
    expect(healing.modeOf('web').mode).toBe('held');
    healing.release('web');
    expect(healing.modeOf('web').mode).toBe('observed');
  });

  test('is continued by the next engine for the remaining time', () => {
    const first = switchOn(new FakeClock());
    first.healing.hold('web', 30_000);
    first.healing.hold(null, null);
    first.healing.close();
    const clock = new FakeClock();
    clock.advance(10_000);
    const { healing, events } = switchOn(clock);
    expect(events).toEqual([]);
    healing.release(null);
    expect(healing.modeOf('web').mode).toBe('held');
    clock.advance(20_000);
    expect(healing.modeOf('web').mode).toBe('on');
  });

  test('that expired while no engine ran is reported when the next engine starts', () => {
    switchOn(new FakeClock()).healing.hold('web', 1000);
    const clock = new FakeClock();
    clock.advance(60_000);
    const { healing, events } = switchOn(clock);
    clock.advance(0);
    expect(healing.modeOf('web').mode).toBe('on');
    expect(events).toEqual(['released web: healing resumed: the pause has expired']);
  });

  test('ends when the program is removed', () => {
    const { healing } = switchOn(new FakeClock());
    healing.hold('web', null);
    healing.forget('web');
    expect(JSON.parse(readFileSync(join(folder, 'holds.json'), 'utf8'))).toEqual({
      version: 1,
      all: null,
      programs: {},
    });
  });

  test('with a damaged file renames it, reports it and replaces it', () => {
    writeFileSync(join(folder, 'holds.json'), '{"version":1,"all":');
    const { problem, file, healing } = switchOn(new FakeClock());
    expect(problem).toContain('holds.json.corrupt-');
    expect(healing.general.mode).toBe('on');
    expect(file.commit()).toBeNull();
    expect(JSON.parse(readFileSync(join(folder, 'holds.json'), 'utf8'))).toMatchObject({ all: null });
  });
});
