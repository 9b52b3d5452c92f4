import { hostname } from 'node:os';
import type { Alert, AlertKind, AlertMessage } from '../../protocol/alert.ts';

type Sample = Pick<Alert, 'subject' | 'reason' | 'facts' | 'done' | 'next'>;

const RESTARTED = ['restarted as pid 4712'];

/** An example of each kind of alert, with invented facts. */
const SAMPLES: Readonly<Record<AlertKind, Sample>> = {
  crash: {
    subject: 'example',
    reason: 'killed by SIGSEGV (core dumped) after 3.2 s',
    facts: [
      ['Signal', 'SIGSEGV'],
      ['Core dumped', 'yes'],
    ],
    done: RESTARTED,
    next: 'Nothing more, unless it happens again.',
  },
  violation: {
    subject: 'example',
    reason: 'memory 612 MB exceeded limit 500 MB',
    facts: [
      ['Measured', '612'],
      ['Limit', '500'],
    ],
    done: ['stopped: memory 612 MB exceeded limit 500 MB; sent SIGTERM, waiting up to 1 s', ...RESTARTED],
    next: 'Nothing more, unless it happens again.',
  },
  anomaly: {
    subject: 'example (memory leak)',
    reason: 'RSS rose 4.1 MB/min for 16 min',
    facts: [['Evidence', 'the minimum of every 30 s is higher than the previous one']],
    done: RESTARTED,
    next: 'Nothing more, unless it happens again.',
  },
  zombies: {
    subject: '3',
    reason: '3 dead processes were not reaped by their parent',
    facts: [['Count', '3']],
    done: ['sent SIGCHLD to their parent'],
    next: 'Restart a parent that does not reap them.',
  },
  cooldown: {
    subject: 'example',
    reason: 'exited with code 1 after 12 ms; in cooldown for 120 s (5 restarts in 60 s)',
    facts: [['Exit code', '1']],
    done: [],
    next: 'The program is restarted once after the cooldown, with its counters reset.',
  },
  'restart-failed': {
    subject: 'example',
    reason: 'exited with code 1 after 12 ms; gave up after 3 failures in a row',
    facts: [['Exit code', '1']],
    done: [],
    next: 'healer does not retry automatically. Fix the cause, then start the program.',
  },
  health: {
    subject: 'example',
    reason: 'no answer from http://127.0.0.1:8080/health within 2.0 s, twice in a row',
    facts: [['Consecutive failures', '2']],
    done: RESTARTED,
    next: 'Nothing more, unless it happens again.',
  },
  'engine-recovered': {
    subject: 'healer',
    reason: 'the engine started after the previous one had exited unexpectedly',
    facts: [],
    done: [],
    next: 'Running programs were re-adopted; programs that had exited were restarted.',
  },
  recovered: {
    subject: 'example',
    reason: 'up without a fault for 10m 00s',
    facts: [['Alerts', '3']],
    done: [],
    next: 'Nothing more, unless it happens again.',
  },
};

/** As much output as a real alert has, so that receivers show whether they accept it. */
const LINES = Array.from(
  { length: 20 },
  (_, index) =>
    `12:00:${String(index).padStart(2, '0')}.000 [worker-${String(index % 4)}] request ${String(4_000 + index)} "GET /orders/${String(index)}?page=2" – 200 in ${String(17 + index)} ms, 1,204 bytes, naïve café ✓`,
);
const DIGEST_PROGRAMS = 40;

type SampleAlert = Extract<AlertMessage, { form: 'alert' }>;

/** Returns a message of each kind, marked as a test. `now` makes their ids differ from those of the previous test. */
export function sampleMessages(instance: string, now: Date): SampleAlert[] {
  return Object.entries(SAMPLES).map(([kind, sample]) => ({
    form: 'alert',
    alert: {
      id: `test-${kind}-${now.getTime().toString(36)}`,
      kind: kind as AlertKind,
      process: kind === 'zombies' || kind === 'engine-recovered' ? null : 'example',
      pid: null,
      time: now.toISOString(),
      heldBack: 0,
      ...sample,
      reason: `This is a test: ${sample.reason}`,
    },
    lines: LINES,
    from: { host: hostname(), instance },
  }));
}

/** Returns a digest of many programs, as after the failure of something that they share. */
export function sampleDigest(instance: string, now: Date): Extract<AlertMessage, { form: 'digest' }> {
  const alerts = Array.from({ length: DIGEST_PROGRAMS }, (_, index): Alert => {
    const name = `example-worker-${String(index + 1)}`;
    return {
      ...SAMPLES.crash,
      id: `test-digest-${String(index)}-${now.getTime().toString(36)}`,
      kind: 'crash',
      subject: name,
      process: name,
      pid: 4_700 + index,
      time: now.toISOString(),
      heldBack: 0,
      reason: `This is a test: ${SAMPLES.crash.reason}`,
    };
  });
  return {
    form: 'digest',
    id: `test-digest-${now.getTime().toString(36)}`,
    alerts,
    from: { host: hostname(), instance },
  };
}
