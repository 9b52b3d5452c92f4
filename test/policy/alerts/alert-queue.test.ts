import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AlertSubject } from '../../../src/policy/alerts/alert-of.ts';
import {
  addAlertsFor,
  type AlertQueue,
  emptyAlertQueue,
  nextReleaseMs,
  type Outgoing,
  release,
} from '../../../src/policy/alerts/alert-queue.ts';
import type { EngineEvent } from '../../../src/protocol/engine-event.ts';
import { crash } from '../../support/alerts.ts';
import { START } from '../../support/programs.ts';

const MINUTE = 60_000;

/** A queue with a clock: records which messages a stream of events causes, and when. */
class QueueRun {
  now = START.wall;
  queue: AlertQueue = emptyAlertQueue(0);
  readonly sent: { readonly at: number; readonly out: Outgoing }[] = [];
  notify: AlertSubject['notify'] = 'all';

  take(...events: readonly EngineEvent[]): void {
    const subjectOf = (name: string): AlertSubject => ({ name, notify: this.notify });
    this.queue = addAlertsFor(this.queue, events, { subjectOf, rateLimitMs: MINUTE, nowMs: this.now });
  }

  /** Lets time pass, and releases whenever the queue requests it. */
  pass(ms: number): void {
    const until = this.now + ms;
    for (;;) {
      const inMs = nextReleaseMs(this.queue, this.now);
      if (inMs === null || this.now + inMs > until) break;
      this.now += Math.max(1, inMs);
      const { queue, outgoing } = release(this.queue, MINUTE, this.now);
      this.queue = queue;
      for (const out of outgoing) this.sent.push({ at: this.now - START.wall, out });
    }
    this.now = until;
  }

  crash(seq: number, process = 'web', changes: Partial<EngineEvent> = {}): void {
    this.take(crash(seq, process, this.now, changes));
  }

  subjects(): string[] {
    return this.sent.map(({ out }) => (out.form === 'alert' ? out.alert.subject : `digest of ${out.alerts.length}`));
  }

  names(): Set<string> {
    const alerts = this.sent.flatMap(({ out }) => (out.form === 'alert' ? [out.alert] : out.alerts));
    return new Set(alerts.map(({ process }) => process ?? ''));
  }
}

describe('one program', () => {
  test('is reported within 100 ms, with what healer did meanwhile', () => {
    const run = new QueueRun();
    run.crash(1);
    run.crash(2, 'web', { kind: 'restarted', pid: 4712 });
    run.pass(150);
    expect(run.sent).toMatchObject([
      { at: 100, out: { alert: { kind: 'crash', subject: 'web', pid: 101, done: ['restarted as pid 4712'] } } },
    ]);
  });

  test('that crashes again within a minute is not reported again, but counted in its next alert', () => {
    const run = new QueueRun();
    for (let seq = 1; seq <= 5; seq += 1) {
      run.crash(seq);
      run.pass(1_000);
    }
    run.crash(6, 'web', { kind: 'cooldown-started', reason: 'in cooldown', data: {} });
    run.pass(MINUTE);
    run.crash(7);
    run.pass(1_000);
    const alerts = run.sent.map(({ out }) => (out.form === 'alert' ? [out.alert.kind, out.alert.heldBack] : null));
    expect(alerts).toEqual([
      ['crash', 0],
      ['cooldown', 4],
      ['crash', 0],
    ]);
  });

  test('in observe mode is reported with what would have been done, in one alert', () => {
    const run = new QueueRun();
    run.crash(1, 'web', {
      kind: 'limit-memory',
      reason: 'memory 612 MB exceeded limit 500 MB',
      data: { measured: 612, limit: 500 },
    });
    run.crash(2, 'web', { kind: 'would-restart', reason: 'would have restarted', data: {} });
    run.pass(1_000);
    run.crash(3, 'web', {
      kind: 'limit-memory',
      reason: 'memory 700 MB exceeded limit 500 MB',
      data: { measured: 700, limit: 500 },
    });
    run.crash(4, 'web', { kind: 'would-restart', reason: 'would have restarted', data: {} });
    run.pass(MINUTE);
    expect(run.sent).toMatchObject([{ out: { alert: { kind: 'violation', done: ['would have restarted'] } } }]);
  });

  test.each([
    ['limit-memory', {}, 'would-restart', 'Nothing: healing is paused or in observe mode.'],
    ['limit-memory', {}, 'restarted', 'Nothing more, unless it happens again.'],
    ['crashed', {}, 'restarted', 'Nothing more, unless it happens again.'],
    ['crashed', {}, 'restart-scheduled', 'The program is started again after the delay.'],
    ['crashed', {}, 'failed', 'healer does not retry automatically. Fix the cause, then start the program.'],
    ['crashed', {}, 'cooldown-started', 'The program is restarted once after the cooldown, with its counters reset.'],
    [
      'memory-leak',
      { action: 'log' },
      'novelty',
      'Nothing: healer only reports this unless the definition of the program sets an action.',
    ],
    ['fork-bomb', { action: 'observe' }, 'novelty', 'Nothing: healing is paused or in observe mode.'],
    [
      'startup-check-failed',
      { action: 'disable' },
      'stopping',
      'healer stops and disables the program. Fix the cause, then enable it.',
    ],
    [
      'zombies-found',
      { action: 'restart' },
      'stopping',
      'healer stops the program; the restart policy decides whether it is started again.',
    ],
  ] as const)('with %s %j, then %s, is reported with the next step "%s"', (kind, data, consequence, next) => {
    const run = new QueueRun();
    run.crash(1, 'web', { kind, data });
    run.crash(2, 'web', { kind: consequence, data: {} });
    run.pass(150);
    expect(run.sent[0]).toMatchObject({ out: { alert: { next } } });
  });

  test.each([
    ['stopping', {}],
    ['exited', { signal: 'SIGTERM' }],
    ['stopped', {}],
    ['restarted', {}],
    ['config-changed', {}],
    ['novelty', {}],
    ['engine-started', {}],
    ['alert-failed', {}],
  ] as const)('is not reported for "%s", which was requested or is not a fault', (kind, data) => {
    const run = new QueueRun();
    run.crash(1, 'web', { kind, data });
    run.pass(MINUTE);
    expect(run.sent).toEqual([]);
  });

  test('is reported only for the kinds in its "notify"', () => {
    const run = new QueueRun();
    run.notify = ['cooldown-started'];
    run.crash(1);
    run.crash(2, 'web', { kind: 'cooldown-started' });
    run.notify = 'none';
    run.crash(3, 'db', { kind: 'failed' });
    run.pass(MINUTE);
    expect(run.sent).toMatchObject([{ out: { alert: { kind: 'cooldown' } } }]);
  });
});

test.each([
  ['crashed', 'crash', 'web'],
  ['limit-cpu', 'violation', 'web'],
  ['memory-leak', 'anomaly', 'web (memory leak)'],
  ['fork-bomb', 'anomaly', 'web (fork bomb)'],
  ['cooldown-started', 'cooldown', 'web'],
  ['failed', 'restart-failed', 'web'],
  ['spawn-failed', 'restart-failed', 'web'],
  ['unhealthy', 'health', 'web'],
  ['zombies-found', 'zombies', '3'],
] as const)('an event "%s" causes an alert of kind "%s" about %s', (kind, alertKind, subject) => {
  const run = new QueueRun();
  run.crash(1, 'web', { kind, data: { count: 3 } });
  run.pass(MINUTE);
  expect(run.sent).toMatchObject([{ out: { alert: { kind: alertKind, subject } } }]);
});

test('an engine that starts after it was killed is reported', () => {
  const run = new QueueRun();
  run.crash(1, 'web', { kind: 'engine-started', process: null, data: { interrupted: true } });
  run.pass(MINUTE);
  expect(run.sent).toMatchObject([{ out: { alert: { kind: 'engine-recovered' } } }]);
});

describe('many programs', () => {
  test('are reported one by one, up to ten', () => {
    const run = new QueueRun();
    for (let seq = 1; seq <= 10; seq += 1) run.crash(seq, `p${seq}`);
    run.pass(MINUTE);
    expect(run.subjects()).toEqual(Array.from({ length: 10 }, (_, index) => `p${index + 1}`));
  });

  test('are reported in one digest if 200 fail at once', () => {
    const run = new QueueRun();
    run.take(...Array.from({ length: 200 }, (_, index) => crash(index + 1, `p${index}`, run.now)));
    run.pass(MINUTE);
    expect(run.subjects()).toEqual(['digest of 200']);
  });

  test('are followed by a mail of its own for a late alert', () => {
    const run = new QueueRun();
    run.take(...Array.from({ length: 20 }, (_, index) => crash(index + 1, `p${index}`, run.now)));
    run.pass(3 * MINUTE);
    run.crash(50, 'late');
    run.pass(1_000);
    expect(run.subjects()).toEqual(['digest of 20', 'late']);
  });

  test('cause at most 15 mails for 200 crashes within a minute, with every program in one of them', () => {
    const times = fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 200, maxLength: 200 });
    fc.assert(
      fc.property(times, (moments) => {
        const run = new QueueRun();
        for (const [index, at] of moments.sort((a, b) => a - b).entries()) {
          run.pass(START.wall + at - run.now);
          run.crash(index + 1, `p${index}`);
        }
        run.pass(2 * MINUTE);
        expect(run.sent.length).toBeLessThanOrEqual(15);
        expect(run.names().size).toBe(200);
      }),
      { numRuns: 30 },
    );
  });
});

describe('time and restarts', () => {
  test('the same events cause the same alerts with the same ids after a restart', () => {
    const [before, after] = [new QueueRun(), new QueueRun()];
    for (const run of [before, after]) {
      run.crash(1);
      run.pass(1_000);
    }
    expect(after.sent).toEqual(before.sent);
    after.take(crash(1, 'web', START.wall));
    after.pass(MINUTE);
    expect(after.sent).toHaveLength(1);
  });

  test('waiting alerts survive as plain data', () => {
    const run = new QueueRun();
    run.crash(1);
    run.queue = JSON.parse(JSON.stringify(run.queue));
    run.pass(1_000);
    expect(run.subjects()).toEqual(['web']);
  });

  test('a clock that is set back delays no alert', () => {
    const run = new QueueRun();
    run.crash(1);
    run.now -= 3_600_000;
    run.pass(1_000);
    run.take(crash(2, 'web', run.now));
    run.pass(1_000);
    expect(run.subjects()).toEqual(['web', 'web']);
  });

  test('events that are more than a day old cause no alert', () => {
    const run = new QueueRun();
    run.take(crash(1, 'web', run.now - 25 * 3_600_000));
    run.pass(1_000);
    expect(run.sent).toEqual([]);
    expect(run.queue.lastSeq).toBe(1);
  });
});
