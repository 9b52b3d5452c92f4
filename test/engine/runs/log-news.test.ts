import { describe, expect, test } from 'vitest';
import type { LogGap, WitnessedExit } from '../../../src/engine/logs/files/log-transport.ts';
import { DeferredListener } from '../../../src/engine/runs/deferred-listener.ts';
import { logNewsFor } from '../../../src/engine/runs/log-news.ts';

const GAP: LogGap = { id: 'web', run: 1, lines: 3, bytes: 90, reason: 'no space left', fromWall: 0, toWall: null };
const EXIT: WitnessedExit = { id: 'web', run: 1, pid: 7, status: null, atWall: 0 };

function newsOf() {
  const calls: string[] = [];
  const listener = logNewsFor({
    notices: { take: () => undefined },
    exits: { onWitnessed: ({ id }) => void calls.push(`exit ${id}`) },
    records: {
      record: ({ kind, process, reason, data }) =>
        void calls.push(`${kind} ${process ?? '-'}: ${reason} ${JSON.stringify(data)}`),
      announce: (kind, reason) => void calls.push(`${kind}: ${reason}`),
      commit: () => void calls.push('commit'),
    },
  });
  return { listener, calls };
}

describe('reports of the log transport', () => {
  test.each([
    ['a gap that begins', GAP, 'log-gap web: log lines cannot be written: no space left {"lines":3,"bytes":90}'],
    [
      'a gap that ends',
      { ...GAP, toWall: 1 },
      'log-gap web: 3 log lines (90 bytes) were not written: no space left {"lines":3,"bytes":90}',
    ],
  ])('record %s', (_, gap, event) => {
    const { listener, calls } = newsOf();
    listener.onGap(gap);
    expect(calls).toEqual([event, 'commit']);
  });

  test('pass exits on, and announce trouble', () => {
    const { listener, calls } = newsOf();
    listener.onExit(EXIT);
    listener.onTrouble('the log collector does not respond');
    expect(calls).toEqual(['exit web', 'engine-degraded: the log collector does not respond']);
  });

  test('are buffered until the engine can receive them, and delivered in order', () => {
    const { listener, calls } = newsOf();
    const deferred = new DeferredListener();
    deferred.onTrouble('first');
    deferred.onExit(EXIT);
    expect(calls).toEqual([]);
    deferred.deliverTo(listener);
    expect(calls).toEqual(['engine-degraded: first', 'exit web']);
    deferred.onTrouble('second');
    expect(calls.at(-1)).toBe('engine-degraded: second');
  });
});
