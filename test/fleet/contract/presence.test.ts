import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextChangeAt, noteRow, presenceAt, type PresenceTrack } from '../../../src/fleet/contract/presence.ts';

const EPOCH = '0a1b2c3d';

/** Plays rows that arrive at the given seconds, and returns what is remembered. */
function heardAt(...seconds: number[]): PresenceTrack {
  return seconds.reduce<PresenceTrack | null>(
    (track, second, index) =>
      noteRow(track, { epoch: EPOCH, seq: index + 1, bye: false }, second * 1000, second * 1000),
    null,
  )!;
}

test('a host is live for 15 s after a row, late for 45 s, and lost after that', () => {
  const track = heardAt(0);
  expect([0, 14_999, 15_000, 44_999, 45_000, 1e9].map((now) => presenceAt(track, now))).toEqual([
    'live',
    'live',
    'late',
    'late',
    'lost',
    'lost',
  ]);
  expect(presenceAt(null, 0)).toBe('never');
});

test.each([
  ['late', 20],
  ['lost', 50],
])('a host that was %s comes back with its second row', (presence, silence) => {
  const first = heardAt(0, silence);
  expect(presenceAt(first, silence * 1000)).toBe(presence);
  const second = heardAt(0, silence, silence + 5);
  expect(presenceAt(second, (silence + 5) * 1000)).toBe('live');
});

test('a host that is heard every 20 s does not flicker', () => {
  const seconds = Array.from({ length: 50 }, (_, index) => index * 20);
  const seen = new Set<string>();
  for (let count = 2; count <= seconds.length; count += 1) {
    const track = heardAt(...seconds.slice(0, count));
    for (let age = 0; age < 20_000; age += 1000) seen.add(presenceAt(track, track.seenAt + age));
  }
  expect([...seen]).toEqual(['late']);
});

test('a host that is heard once a minute stays lost', () => {
  const track = heardAt(0, 60, 120, 180);
  expect([0, 10_000, 59_000].map((age) => presenceAt(track, 180_000 + age))).toEqual(['lost', 'lost', 'lost']);
});

test('a host that leaves has left, however much time passes', () => {
  const track = noteRow(heardAt(0, 5), { epoch: EPOCH, seq: 9, bye: true }, 6000, 6000);
  expect([6000, 100_000].map((now) => presenceAt(track, now))).toEqual(['left', 'left']);
  expect(nextChangeAt(track, 6000)).toBeNull();
});

test('a host that left is live with the first row of its next agent', () => {
  const left = noteRow(heardAt(0), { epoch: EPOCH, seq: 2, bye: true }, 1000, 1000);
  const back = noteRow(left, { epoch: 'ffff', seq: 1, bye: false }, 100_000, 100_000);
  expect(presenceAt(back, 100_000)).toBe('live');
});

test('a row that the server delivers after the farewell of the same agent does not bring the host back', () => {
  const left = noteRow(heardAt(0, 5), { epoch: EPOCH, seq: 9, bye: true }, 6000, 6000);
  expect(noteRow(left, { epoch: EPOCH, seq: 8, bye: false }, 7000, 7000)).toBe(left);
});

test('an agent that continues after its farewell is live with its second row', () => {
  const left = noteRow(heardAt(0), { epoch: EPOCH, seq: 2, bye: true }, 1000, 1000);
  const third = noteRow(left, { epoch: EPOCH, seq: 3, bye: false }, 2000, 2000);
  expect(presenceAt(third, 2000)).toBe('late');
  expect(presenceAt(noteRow(third, { epoch: EPOCH, seq: 4, bye: false }, 7000, 7000), 7000)).toBe('live');
});

test('a repeated row is no sign of life', () => {
  const track = heardAt(0, 5);
  expect(noteRow(track, { epoch: EPOCH, seq: 2, bye: false }, 60_000, 60_000)).toBe(track);
  expect(noteRow(track, { epoch: EPOCH, seq: 1, bye: false }, 60_000, 60_000)).toBe(track);
});

test('an agent that was killed and started again stays live', () => {
  const track = noteRow(heardAt(0, 5), { epoch: 'ffff', seq: 1, bye: false }, 8000, 8000);
  expect(presenceAt(track, 8000)).toBe('live');
});

test('a server whose clock is ahead makes no host live in advance', () => {
  const track = noteRow(null, { epoch: EPOCH, seq: 1, bye: false }, 3_600_000, 1000);
  expect(presenceAt(track, 1000 + 15_000)).toBe('late');
  expect(presenceAt(track, 1000 + 45_000)).toBe('lost');
});

test('the next change is at the age at which a host becomes late or lost', () => {
  const track = heardAt(0);
  expect([nextChangeAt(track, 0), nextChangeAt(track, 15_000), nextChangeAt(track, 45_000)]).toEqual([
    15_000,
    45_000,
    null,
  ]);
});

test('whatever rows arrive, silence of 45 s means lost, and two rows within 15 s mean live', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 30 }), (gaps) => {
      let now = 0;
      const track = heardAt(...gaps.map((gap) => (now += gap)));
      expect(presenceAt(track, track.seenAt + 45_000)).toBe('lost');
      const again = [1, 2].reduce(
        (last, step) =>
          noteRow(last, { epoch: EPOCH, seq: 1000 + step, bye: false }, last.seenAt + 14_000, last.seenAt + 14_000),
        track,
      );
      expect(presenceAt(again, again.seenAt)).toBe('live');
    }),
  );
});
