import { describe, expect, test } from 'vitest';
import { composeStory } from '../../../src/cli/report/story.ts';
import type { EngineEvent } from '../../../src/protocol/engine-event.ts';
import type { EventKind } from '../../../src/protocol/event-kinds.ts';
import type { HistoryResult } from '../../../src/protocol/results/history-result.ts';
import { engineEvent } from '../../support/program-row.ts';
import { spec } from '../../support/programs.ts';

const START_MS = Date.parse('2026-11-21T09:00:00.000Z');
const at = (seconds: number): string => new Date(START_MS + seconds * 1000).toISOString();

/** Returns events one second apart, of runs with the given pids. */
function eventsOf(...kinds: readonly (readonly [kind: EventKind, pid?: number])[]): EngineEvent[] {
  return kinds.map(([kind, pid = null], index) => engineEvent(index + 1, { kind, pid, time: at(index) }));
}

const NOTHING: HistoryResult = { id: 'web', stepMs: 1000, until: at(0), cpuPercent: [], memoryMb: [] };

function story(
  events: readonly EngineEvent[],
  others: Partial<Parameters<typeof composeStory>[0]> = {},
): ReturnType<typeof composeStory> {
  return composeStory({ spec: spec(), events, lines: [], history: NOTHING, ...others });
}

describe('the story of a program', () => {
  test.each<[string, EngineEvent[], EventKind | null, EventKind[]]>([
    [
      'starts with the last start if there was no fault',
      eventsOf(['started', 1], ['running', 1], ['stopping', 1], ['exited', 1], ['started', 2], ['running', 2]),
      null,
      ['started', 'running'],
    ],
    [
      'starts with the crash and continues with what followed',
      eventsOf(['started', 1], ['crashed', 1], ['restart-scheduled'], ['restarted', 2], ['running', 2]),
      'crashed',
      ['crashed', 'restart-scheduled', 'restarted', 'running'],
    ],
    [
      'starts with the limit, not with the exit that it caused',
      eventsOf(['started', 1], ['limit-memory', 1], ['stopping', 1], ['exited', 1], ['restarted', 2]),
      'limit-memory',
      ['limit-memory', 'stopping', 'exited', 'restarted'],
    ],
    [
      'starts with the limit even if the program was force killed and therefore crashed',
      eventsOf(['started', 1], ['limit-cpu', 1], ['stopping', 1], ['killed', 1], ['crashed', 1]),
      'limit-cpu',
      ['limit-cpu', 'stopping', 'killed', 'crashed'],
    ],
    [
      'covers only the last of several faults',
      eventsOf(['crashed', 1], ['restarted', 2], ['unhealthy', 2], ['stopping', 2], ['exited', 2]),
      'unhealthy',
      ['unhealthy', 'stopping', 'exited'],
    ],
    [
      'starts with the zombies that caused the restart',
      eventsOf(['zombies-found', 1], ['stopping', 1], ['exited', 1], ['restarted', 2], ['running', 2]),
      'zombies-found',
      ['zombies-found', 'stopping', 'exited', 'restarted', 'running'],
    ],
    ['is empty for a program without events', [], null, []],
  ])('%s', (_what, events, trigger, kinds) => {
    const result = story(events);
    expect(result.trigger?.kind ?? null).toBe(trigger);
    expect(result.events.map(({ kind }) => kind)).toEqual(kinds);
  });

  test('contains the rule with the figures of the definition', () => {
    const limits = { memoryMb: 300 };
    const { rule } = story(eventsOf(['limit-memory', 1]), { spec: spec({ limits }) });
    expect(rule).toBe('memory above 300 MB in any sample (limits.memoryMb)');
    const restart = { successExitCodes: [0, 3] };
    expect(story(eventsOf(['crashed', 1]), { spec: spec({ restart }) }).rule).toContain(
      'an exit code other than 0, 3 (',
    );
  });

  test('contains the last ten samples before the fault, with their times', () => {
    const history = {
      ...NOTHING,
      until: at(30),
      cpuPercent: Array.from({ length: 31 }, (_, second) => second),
      memoryMb: Array.from({ length: 31 }, (_, second) => (second === 18 ? null : 100 + second)),
    };
    const events = [engineEvent(1, { kind: 'limit-cpu', pid: 1, time: at(20) })];
    const { samples } = story(events, { history });
    expect(samples).toHaveLength(10);
    expect(samples.at(-1)).toEqual({ atMs: START_MS + 20_000, cpuPercent: 20, memoryMb: 120 });
    expect(samples.at(-3)).toEqual({ atMs: START_MS + 18_000, cpuPercent: 18, memoryMb: null });
  });

  test('contains the output before the exit, and none of the next run', () => {
    const line = (second: number) => ({
      time: at(second),
      stream: 'stderr' as const,
      text: String(second),
      partial: false,
    });
    const lines = Array.from({ length: 20 }, (_, second) => line(second));
    const events = [
      engineEvent(1, { kind: 'unhealthy', pid: 1, time: at(10) }),
      engineEvent(2, { kind: 'exited', pid: 1, time: at(12) }),
      engineEvent(3, { kind: 'restarted', pid: 2, time: at(13) }),
    ];
    expect(story(events, { lines }).lines.map(({ text }) => text)).toEqual(
      Array.from({ length: 10 }, (_, index) => String(index + 3)),
    );
  });
});
