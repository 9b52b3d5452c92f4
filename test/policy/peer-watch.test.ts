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

/** Returns the actions of consecutive inspections. */
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

describe('consecutive inspections', () => {
  test.each<[string, readonly PeerSight[], readonly PeerAction[]]>([
    ['leave a healthy peer alone', times(4, WELL), times(4, 'none')],
    ['need more than one failure', [WELL, SILENT, WELL, SILENT, WELL], times(5, 'none')],
    ['start a peer that has exited at the second failure', [WELL, DEAD, DEAD], ['none', 'none', 'start']],
    ['kill a hung peer first', [WELL, SILENT, SILENT], ['none', 'none', 'replace']],
    ['count failures of both kinds together', [WELL, SILENT, DEAD], ['none', 'none', 'start']],
    ['start a peer that was never running', [DEAD, DEAD], ['none', 'start']],
    [
      'report a peer that is running again',
      [WELL, DEAD, DEAD, WELL, WELL],
      ['none', 'none', 'start', 'report-back', 'none'],
    ],
    [
      'report a peer that something else started',
      [{ ...DEAD, starter: 'none' }, { ...DEAD, starter: 'none' }, WELL],
      ['none', 'report-lost', 'report-back'],
    ],
    ['do not start a peer that was shut down', [WELL, GONE, GONE], ['none', 'left', 'none']],
    ['do not start a peer that was shut down between two failures', [WELL, DEAD, GONE], ['none', 'none', 'left']],
    [
      'do not start a peer that was shut down after its start was triggered',
      [WELL, DEAD, DEAD, GONE],
      ['none', 'none', 'start', 'left'],
    ],
    [
      'ignore a missing response while this engine is delayed',
      [WELL, ...times(5, { ...SILENT, isLate: true })],
      times(6, 'none'),
    ],
    [
      'count an exit while this engine is delayed',
      [WELL, ...times(2, { ...DEAD, isLate: true })],
      ['none', 'none', 'start'],
    ],
    [
      'count a suspended process while this engine is delayed',
      [WELL, ...times(2, { ...STOPPED, isLate: true })],
      ['none', 'none', 'replace'],
    ],
    [
      'never kill a running process because its socket refuses connections',
      [WELL, ...times(20, { ...WELL, answer: 'unreachable' as const })],
      times(21, 'none'),
    ],
    [
      'give a process that has not opened its socket yet all the time it needs',
      [DEAD, DEAD, ...times(20, { ...BORN, answer: 'unreachable' as const, process: running('2:20') }), WELL],
      ['none', 'start', ...times<PeerAction>(20, 'none'), 'report-back'],
    ],
    [
      'detect a suspended process whose socket refuses connections',
      [WELL, ...times(2, { ...STOPPED, answer: 'unreachable' as const })],
      ['none', 'none', 'replace'],
    ],
    ['give a new process time to respond', [WELL, ...times(4, BORN)], times(5, 'none')],
    [
      'give no extra time to a process that has responded',
      [{ ...BORN, answer: 'given' }, BORN, BORN],
      ['none', 'none', 'replace'],
    ],
    [
      'report a lost standalone peer once',
      times(4, { ...DEAD, starter: 'none' }),
      ['none', 'report-lost', 'none', 'none'],
    ],
    ['do not kill a hung standalone peer', times(3, { ...STOPPED, starter: 'none' }), ['none', 'report-lost', 'none']],
    ['only kill a hung peer of a service manager', times(2, { ...STOPPED, starter: 'manager' }), ['none', 'end']],
  ])('%s', (_name, sights, actions) => {
    expect(actionsOf(sights)).toEqual(actions);
  });
});

test('leaves a restart to the service manager for a while', () => {
  const looks = Math.ceil(managerMs / inspectMs) + 1;
  const actions = actionsOf(times(looks, { ...DEAD, starter: 'manager' }));
  expect(actions).toEqual(['none', 'report-lost', ...times(looks - 3, 'none'), 'start']);
});

test('retries a failed start with increasing delays', () => {
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

test('waits for a started process, but not longer than its grace period', () => {
  const starting: PeerWatch = { name: 'starting', sinceMs: 0, failedStarts: 0 };
  const lives = { ...DEAD, isStarting: true };
  expect(judgePeer(starting, lives, graceMs - 1).watch).toBe(starting);
  expect(judgePeer(starting, lives, graceMs).watch).toMatchObject({ name: 'failing', failedStarts: 1 });
});

test('restarts a peer right away if its last start succeeded', () => {
  const starting: PeerWatch = { name: 'starting', sinceMs: 0, failedStarts: 3 };
  expect(actionsOf([WELL, DEAD, DEAD], starting)).toEqual(['report-back', 'none', 'start']);
});
