import { describe, expect, test } from 'vitest';
import { RESUMABLE_STREAMS } from '../../../src/client/attach/resumable-stream.ts';
import type { Connection } from '../../../src/client/connection/connection.ts';
import { engineEvent } from '../../support/program-row.ts';

interface Delivered {
  readonly seqs: readonly number[];
  readonly missed?: number;
}

/** A connection to an engine whose newest event has a number; its stream delivers the given messages at once. */
function connectionTo(newest: number, messages: readonly Delivered[], asked: unknown[]): Connection {
  const subscribe = (_name: string, params: unknown, onMessage: (message: object) => void) => {
    asked.push(params);
    for (const { seqs, missed = 0 } of messages) {
      onMessage({ subscription: 1, events: seqs.map((seq) => engineEvent(seq)), missed });
    }
    return Promise.resolve({ close: () => Promise.resolve() });
  };
  const events = () => Promise.resolve(newest === 0 ? [] : [engineEvent(newest)]);
  return { api: { events }, subscribe } as unknown as Connection;
}

type Attached = readonly [newest: number, messages: readonly Delivered[]];

describe('a stream of events', () => {
  test.each<[string, number | undefined, readonly Attached[], readonly number[], readonly (readonly number[])[]]>([
    ['of new events starts after the newest', undefined, [[7, []]], [7], []],
    ['of new events starts with the first event of a new engine', undefined, [[0, [{ seqs: [1] }]]], [0], [[1]]],
    ['starts where it was requested', 2, [[7, [{ seqs: [3, 4] }]]], [2], [[3, 4]]],
    [
      'resumes after the last event delivered',
      2,
      [
        [4, [{ seqs: [3, 4] }]],
        [6, [{ seqs: [5, 6] }]],
      ],
      [2, 4],
      [
        [3, 4],
        [5, 6],
      ],
    ],
    [
      'resumes where it started if nothing was delivered',
      undefined,
      [
        [7, []],
        [9, [{ seqs: [8, 9] }]],
      ],
      [7, 7],
      [[8, 9]],
    ],
    ['delivers each event once', 2, [[5, [{ seqs: [2, 3] }, { seqs: [3, 4] }, { seqs: [4] }]]], [2], [[3], [4]]],
    [
      'starts over with an engine that lost its history',
      5,
      [
        [6, [{ seqs: [6] }]],
        [2, [{ seqs: [1, 2] }]],
      ],
      [5, 0],
      [[6], [1, 2]],
    ],
    ['reports missed events even without others', 2, [[9, [{ seqs: [], missed: 4 }]]], [2], [[]]],
    ['reports no empty message', 2, [[9, [{ seqs: [] }, { seqs: [1, 2] }]]], [2], []],
  ])('%s', async (_what, afterSeq, connections, expectedAsked, expectedSeen) => {
    const asked: unknown[] = [];
    const seen: (readonly number[])[] = [];
    const params = afterSeq === undefined ? { process: 'web' } : { process: 'web', afterSeq };
    const attach = RESUMABLE_STREAMS.events(params, ({ events }) => seen.push(events.map(({ seq }) => seq)));
    for (const [newest, messages] of connections) await attach(connectionTo(newest, messages, asked));
    expect(asked).toEqual(expectedAsked.map((seq) => ({ process: 'web', afterSeq: seq })));
    expect(seen).toEqual(expectedSeen);
  });

  test('passes the number of missed events on', async () => {
    const missed: number[] = [];
    const attach = RESUMABLE_STREAMS.events({ afterSeq: 0 }, (message) => missed.push(message.missed));
    await attach(connectionTo(9, [{ seqs: [8], missed: 7 }, { seqs: [9] }], []));
    expect(missed).toEqual([7, 0]);
  });
});
