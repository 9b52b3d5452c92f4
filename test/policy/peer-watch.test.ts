import { describe, expect, test } from 'vitest';
import {
  judgePeer,
  PEER_RULE,
  type PeerAction,
  type PeerSight,
  type PeerWatch,
  UNKNOWN_PEER,
} from '../../src/policy/peer-watch.ts';

const { inspectMs, graceMs, managerMs, delaysMs } = PEER_RULE;

function running(name: string, changes: Partial<NonNullable<PeerSight['process']>> = {}): PeerSight['process'] {
  return { name, ageMs: 600_000, isStopped: false, ...changes };
}

const WELL: PeerSight = {
  isWanted: true,
  process: running('1:10'),
  answer: 'given',
  isLate: false,
  isStarting: false,
  starter: 'engine',
};
const DEAD: PeerSight = { ...WELL, process: null, answer: 'missing' };
const SILENT: PeerSight = { ...WELL, answer: 'missing' };
const STOPPED: PeerSight = { ...SILENT, process: running('1:10', { isStopped: true }) };
const GONE: PeerSight = { ...DEAD, isWanted: false };

/** One look after the other, each its time after the one before. */
function actionsOf(sights: readonly PeerSight[], start: PeerWatch = UNKNOWN_PEER): PeerAction[] {
  let watch = start;
  return sights.map((sight, index) => {
    const verdict = judgePeer(watch, sight, index * inspectMs);
    watch = verdict.watch;
    return verdict.action;
  });
}

function times<T>(count: number, value: T): T[] {
  return Array.from({ length: count }, () => value);
}

const BORN: PeerSight = { ...SILENT, process: running('2:20', { ageMs: 2_000 }) };

describe('what a row of looks leads to', () => {
  test.each<[string, readonly PeerSight[], readonly PeerAction[]]>([
    ['one that is well is left alone', times(4, WELL), times(4, 'none')],
    ['one bad look is not enough', [WELL, SILENT, WELL, SILENT, WELL], times(5, 'none')],
    ['one that died is started at the second look', [WELL, DEAD, DEAD], ['none', 'none', 'start']],
    ['one that hangs is killed first', [WELL, SILENT, SILENT], ['none', 'none', 'replace']],
    ['bad looks of both kinds count together', [WELL, SILENT, DEAD], ['none', 'none', 'start']],
    ['one that was never seen alive is started too', [DEAD, DEAD], ['none', 'start']],
    ['what runs again is told', [WELL, DEAD, DEAD, WELL, WELL], ['none', 'none', 'start', 'report-back', 'none']],
    [
      'what somebody else started is told',
      [{ ...DEAD, starter: 'none' }, { ...DEAD, starter: 'none' }, WELL],
      ['none', 'report-lost', 'report-back'],
    ],
    ['one that went down as told is left so', [WELL, GONE, GONE], ['none', 'left', 'none']],
    ['... also in the middle of failing', [WELL, DEAD, GONE], ['none', 'none', 'left']],
    ['... and after we began to start it', [WELL, DEAD, DEAD, GONE], ['none', 'none', 'start', 'left']],
    [
      'a silence counts for nothing while we are late',
      [WELL, ...times(5, { ...SILENT, isLate: true })],
      times(6, 'none'),
    ],
    [
      'a death counts also while we are late',
      [WELL, ...times(2, { ...DEAD, isLate: true })],
      ['none', 'none', 'start'],
    ],
    [
      'a stopped one counts also while we are late',
      [WELL, ...times(2, { ...STOPPED, isLate: true })],
      ['none', 'none', 'replace'],
    ],
    ['where nothing is served the process counts', times(3, { ...WELL, answer: 'unasked' }), times(3, 'none')],
    [
      '... and that it is stopped',
      [WELL, ...times(2, { ...STOPPED, answer: 'unasked' as const })],
      ['none', 'none', 'replace'],
    ],
    ['a new process has its grace', [WELL, ...times(4, BORN)], times(5, 'none')],
    ['a process that has answered has none', [{ ...BORN, answer: 'given' }, BORN, BORN], ['none', 'none', 'replace']],
    [
      'nobody starts a standalone one, which is told once',
      times(4, { ...DEAD, starter: 'none' }),
      ['none', 'report-lost', 'none', 'none'],
    ],
    ['a hung standalone one is not killed', times(3, { ...STOPPED, starter: 'none' }), ['none', 'report-lost', 'none']],
    ['the hung one of a service manager is only killed', times(2, { ...STOPPED, starter: 'manager' }), ['none', 'end']],
  ])('%s', (_name, sights, actions) => {
    expect(actionsOf(sights)).toEqual(actions);
  });
});

test('what a service manager started is left to it for a while, then started', () => {
  const looks = Math.ceil(managerMs / inspectMs) + 1;
  const actions = actionsOf(times(looks, { ...DEAD, starter: 'manager' }));
  expect(actions).toEqual(['none', 'report-lost', ...times(looks - 3, 'none'), 'start']);
});

test('a start is given its grace, then the next is tried less and less soon', () => {
  let watch: PeerWatch = UNKNOWN_PEER;
  const starts: number[] = [];
  for (let nowMs = 0; nowMs < 300_000; nowMs += inspectMs) {
    const verdict = judgePeer(watch, DEAD, nowMs);
    watch = verdict.watch;
    if (verdict.action === 'start') starts.push(nowMs);
  }
  const gaps = starts.slice(1).map((at, index) => at - (starts[index] ?? 0));
  expect(gaps.slice(0, 4)).toEqual(
    delaysMs.slice(1).map((delayMs) => Math.ceil(delayMs / inspectMs) * inspectMs + inspectMs),
  );
  expect(Math.max(...gaps)).toBe(60_000 + inspectMs);
});

test('while the started process lives it is waited for, and no longer than its grace', () => {
  const starting: PeerWatch = { name: 'starting', sinceMs: 0, failedStarts: 0 };
  const lives = { ...DEAD, isStarting: true };
  expect(judgePeer(starting, lives, graceMs - 1).watch).toBe(starting);
  expect(judgePeer(starting, lives, graceMs).watch).toMatchObject({ name: 'failing', failedStarts: 1 });
});

test('one that came up counts as started well: the next death is answered at once', () => {
  const starting: PeerWatch = { name: 'starting', sinceMs: 0, failedStarts: 3 };
  expect(actionsOf([WELL, DEAD, DEAD], starting)).toEqual(['report-back', 'none', 'start']);
});
