import { describe, expect, test } from 'vitest';
import { AnomalyHistory } from '../../../src/engine/watches/anomaly-history.ts';
import { engineEvent } from '../../support/program-row.ts';

const NOON = Date.parse('2026-01-02T12:00:00Z');
const HOUR_MS = 3_600_000;

function leak(seq: number, hoursAgo: number, process = 'web'): ReturnType<typeof engineEvent> {
  return engineEvent(seq, {
    kind: 'memory-leak',
    process,
    time: new Date(NOON - hoursAgo * HOUR_MS).toISOString(),
    reason: 'memory rose 4.1 MB/min',
    data: { mbPerMinute: 4.1, action: 'restart' },
  });
}

describe('the anomaly history', () => {
  test('keeps the findings of detectors, and nothing else', () => {
    const history = new AnomalyHistory();
    history.take([engineEvent(1, { kind: 'started' }), leak(2, 1), engineEvent(3, { kind: 'crashed' })]);
    expect(history.since(NOON)).toEqual([
      {
        seq: 2,
        id: 'web',
        at: '2026-01-02T11:00:00.000Z',
        kind: 'memory-leak',
        pid: leak(2, 1).pid,
        evidence: 'memory rose 4.1 MB/min',
        figures: { mbPerMinute: 4.1 },
        action: 'restart',
      },
    ]);
  });

  test('returns the last 24 hours, of one program or of all', () => {
    const history = new AnomalyHistory();
    history.take([leak(1, 25), leak(2, 23), leak(3, 1, 'worker')]);
    expect(history.since(NOON).map(({ seq }) => seq)).toEqual([2, 3]);
    expect(history.since(NOON, 'worker').map(({ seq }) => seq)).toEqual([3]);
  });

  test('is bounded, and one noisy program does not displace the others', () => {
    const history = new AnomalyHistory();
    history.take([leak(1, 1, 'quiet')]);
    for (let seq = 2; seq < 3000; seq++) history.take([leak(seq, 1, 'noisy')]);
    expect(history.since(NOON, 'noisy')).toHaveLength(100);
    expect(history.since(NOON, 'quiet')).toHaveLength(1);
  });

  test('forgets a program that was removed', () => {
    const history = new AnomalyHistory();
    history.take([leak(1, 1)]);
    history.forget('web');
    expect(history.since(NOON)).toEqual([]);
  });
});
