import { describe, expect, test } from 'vitest';
import { alertOf, type AlertSubject, followUpOf, isFollowUp } from '../../../src/policy/alerts/alert-of.ts';
import { nextSentence, sentenceAfter } from '../../../src/policy/alerts/next-steps.ts';
import type { EngineEvent } from '../../../src/protocol/engine-event.ts';
import { ALL_EVENT_KINDS, type EventKind, type NextStep } from '../../../src/protocol/event-kinds.ts';
import { crash } from '../../support/alerts.ts';
import { START } from '../../support/programs.ts';

const WEB: AlertSubject = { name: 'Web shop', notify: 'all' };

function event(changes: Partial<EngineEvent> = {}): EngineEvent {
  return crash(7, 'web', START.wall, changes);
}

describe('the list of event kinds', () => {
  test('that cause an alert is complete, with alert kind and subject', () => {
    const data = { interrupted: true, count: 4 };
    const alerts = ALL_EVENT_KINDS.flatMap((kind) => {
      const alert = alertOf(event({ kind, data }), WEB);
      return alert === null ? [] : [`${kind}: ${alert.kind} ${alert.subject}`];
    });
    expect(alerts).toEqual([
      'engine-started: engine-recovered Web shop',
      'crashed: crash Web shop',
      'spawn-failed: restart-failed Web shop',
      'limit-cpu: violation Web shop',
      'limit-memory: violation Web shop',
      'limit-runtime: violation Web shop',
      'would-restart: violation Web shop',
      'cooldown-started: cooldown Web shop',
      'failed: restart-failed Web shop',
      'reload-failed: restart-failed Web shop',
      'unhealthy: health Web shop',
      'startup-check-failed: health Web shop',
      'memory-leak: anomaly Web shop (memory leak)',
      'cpu-spike: anomaly Web shop (CPU spike)',
      'fork-bomb: anomaly Web shop (fork bomb)',
      'descriptor-leak: anomaly Web shop (descriptor leak)',
      'thread-leak: anomaly Web shop (thread leak)',
      'zombies-found: zombies 4',
    ]);
  });

  test('that are responses to a fault is complete', () => {
    expect(ALL_EVENT_KINDS.filter((kind) => isFollowUp(event({ kind })))).toEqual([
      ...['exited', 'stopping', 'killed', 'leftovers-ended', 'restart-scheduled', 'restarted', 'would-restart'],
      ...['cooldown-started', 'failed', 'zombies-cleaned'],
    ]);
  });

  test('that determine what happens next is complete', () => {
    expect(ALL_EVENT_KINDS.filter((kind) => sentenceAfter(event({ kind })) !== null)).toEqual([
      ...['restart-scheduled', 'restarted', 'would-restart', 'cooldown-started', 'failed'],
    ]);
  });
});

describe('an alert', () => {
  test('has the same id for the same event', () => {
    expect(alertOf(event(), WEB)?.id).toBe(alertOf(event(), WEB)?.id);
    expect(alertOf(event(), WEB)?.id).not.toBe(alertOf(event({ seq: 8 }), WEB)?.id);
    expect(alertOf(event(), WEB)?.id).not.toBe(
      alertOf(event({ time: new Date(START.wall + 1).toISOString() }), WEB)?.id,
    );
  });

  test.each<[string, EngineEvent, AlertSubject | null, string]>([
    ['the name of its program', event(), WEB, 'Web shop'],
    ['the id of a program that no longer exists', event(), null, 'web'],
    ['healer, if no program is concerned', event({ process: null }), null, 'healer'],
    ['the number of zombies', event({ kind: 'zombies-found', data: { count: 2 } }), WEB, '2'],
    ['the number of listed zombies', event({ kind: 'zombies-found', data: { zombies: [1, 2, 3] } }), WEB, '3'],
    ['the number of listed pids', event({ kind: 'zombies-found', data: { pids: [1, 2] } }), WEB, '2'],
    ['one zombie without figures', event({ kind: 'zombies-found', data: {} }), WEB, '1'],
  ])('is about %s', (_what, given, subject, expected) => {
    expect(alertOf(given, subject)?.subject).toBe(expected);
  });

  test.each<[AlertSubject['notify'], EventKind, boolean]>([
    ['all', 'crashed', true],
    ['none', 'crashed', false],
    [['crashed'], 'crashed', true],
    [['failed'], 'crashed', false],
    [[], 'crashed', false],
    [['crashed', 'failed'], 'failed', true],
    ['all', 'novelty', false],
    [['novelty'], 'novelty', false],
  ])('with notify %j is sent for %s: %s', (notify, kind, isSent) => {
    expect(alertOf(event({ kind }), { name: 'web', notify }) !== null).toBe(isSent);
  });

  test.each([
    [{ interrupted: true }, true],
    [{ interrupted: false }, false],
    [{ interrupted: 'true' }, false],
    [{}, false],
  ])('about an engine that started with %j is sent: %s', (data, isSent) => {
    expect(alertOf(event({ kind: 'engine-started', process: null, data }), null) !== null).toBe(isSent);
  });

  test('shows the evidence of its event, in a fixed order, with units', () => {
    const data = {
      problem: 'no such file',
      delayMs: 5_000,
      until: '2026-01-01T00:02:00.000Z',
      count: 2,
      failures: 3,
      descendants: 77,
      score: 0.9,
      evidence: 'memory rose',
      limit: 500,
      measured: 612,
      uptimeMs: 90_000,
      coreDumped: true,
      code: 0,
      signal: 'SIGSEGV',
      other: 'not shown',
    };
    expect(alertOf(event({ data }), WEB)?.facts).toEqual([
      ['Signal', 'SIGSEGV'],
      ['Exit code', '0'],
      ['Core dumped', 'yes'],
      ['Uptime', '1m 30s'],
      ['Measured', '612'],
      ['Limit', '500'],
      ['Evidence', 'memory rose'],
      ['Score', '0.9'],
      ['Descendants', '77'],
      ['Consecutive failures', '3'],
      ['Count', '2'],
      ['In cooldown until', '2026-01-01T00:02:00.000Z'],
      ['Next attempt in', '5.0s'],
      ['Problem', 'no such file'],
    ]);
  });

  test.each([
    [{ signal: null, code: null, coreDumped: false }],
    [{ measured: undefined, uptimeMs: '12', limit: [1], score: {} }],
  ])('shows no evidence for %j', (data) => {
    expect(alertOf(event({ data }), WEB)?.facts).toEqual([]);
  });
});

test.each<[NextStep, Record<string, unknown>, string]>([
  ['restart-policy', {}, 'The restart policy decides: restart, cooldown, or give up.'],
  ['stop', {}, 'healer stops the program; the restart policy decides whether it is started again.'],
  ['kill', {}, 'healer kills the whole process tree; the restart policy decides whether it is started again.'],
  ['give-up', {}, 'healer does not retry automatically. Fix the cause, then start the program.'],
  ['disable', {}, 'healer stops and disables the program. Fix the cause, then enable it.'],
  ['suppressed', {}, 'Nothing: healing is paused or in observe mode.'],
  ['report', {}, 'Nothing: healer only reports this unless the definition of the program sets an action.'],
  ['cooldown', {}, 'The program is restarted once after the cooldown, with its counters reset.'],
  [
    'reaping-requested',
    {},
    'A zombie disappears when its parent reaps it or exits. Restart or fix parents that keep zombies.',
  ],
  ['recovered', {}, 'Running programs were re-adopted; programs that had exited were restarted.'],
  ['stop', { action: 'log' }, 'Nothing: healer only reports this unless the definition of the program sets an action.'],
  ['stop', { action: 'observe' }, 'Nothing: healing is paused or in observe mode.'],
  [
    'report',
    { action: 'restart' },
    'healer stops the program; the restart policy decides whether it is started again.',
  ],
  [
    'stop',
    { action: 'kill' },
    'healer kills the whole process tree; the restart policy decides whether it is started again.',
  ],
  ['restart-policy', { action: 'disable' }, 'healer stops and disables the program. Fix the cause, then enable it.'],
  ['restart-policy', { action: 'fail' }, 'healer does not retry automatically. Fix the cause, then start the program.'],
  ['restart-policy', { action: 'dance' }, 'The restart policy decides: restart, cooldown, or give up.'],
  ['restart-policy', { action: 1 }, 'The restart policy decides: restart, cooldown, or give up.'],
])('after "%s" with %j the alert says: %s', (step, data, sentence) => {
  expect(nextSentence(step, data)).toBe(sentence);
});

test.each<[Partial<EngineEvent>, string]>([
  [{ kind: 'restarted', pid: 4712 }, 'restarted as pid 4712'],
  [{ kind: 'restarted', pid: null }, 'restarted'],
  [{ kind: 'restart-scheduled', reason: 'exited with code 3 after 1 s; restarting in 5 s' }, 'restarting in 5 s'],
  [
    { kind: 'stopping', reason: 'stopped: memory 612 MB exceeded limit 500 MB' },
    'stopped: memory 612 MB exceeded limit 500 MB',
  ],
])('the response %o is reported as "%s"', (changes, sentence) => {
  expect(followUpOf(event(changes), { reason: 'exited with code 3 after 1 s' })).toBe(sentence);
});
